package io.xenolith.source.history;

import io.xenolith.source.history.PastBackup.Content;
import io.xenolith.source.history.PastBackup.Origin;
import io.xenolith.source.history.PastBackup.PastDisk;
import io.xenolith.source.image.DeviceName;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Reads the descriptions of Xen Orchestra, version 2. What matters here of them:
///
/// | key                             | meaning                                                                        |
/// |---------------------------------|--------------------------------------------------------------------------------|
/// | `version`                       | `2.` and anything                                                              |
/// | `mode`                          | `delta`: a VHD for each disk; `full`: an archive                               |
/// | `timestamp`                     | milliseconds since 1970; without it, the name of the file tells the time       |
/// | `vm.name_label`, `vm.uuid`      | the machine; without a uuid, the name of the folder tells it                   |
/// | `xva`                           | `full`: the archive, relative to the folder of the description                 |
/// | `vhds.<ref>`                    | `delta`: the VHD of a disk, relative to the folder of the description          |
/// | `vdis.<ref>.name_label`         | the disk's label                                                               |
/// | `vdis.<ref>.$snapshot_of$uuid`  | the disk's uuid; without it, that of its snapshot, `uuid`                      |
/// | `vbds.<any>.VDI`                | the ref of the disk in a drive                                                 |
/// | `vbds.<any>.device`             | what the guest calls the drive; without it, its position, `userdevice`, does   |
final class OrchestraBackups {

    private static final DateTimeFormatter FILE_TIME = DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss'Z.json'");
    private static final long LAST_MILLI = Instant.parse("9999-12-31T23:59:59Z").toEpochMilli();
    private static final Pattern DEVICE = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");
    private static final Pattern POSITION = Pattern.compile("\\d{1,3}");

    private final Tree tree;
    private final VhdLinks links;
    private final Archives archives;
    private final Set<Path> named = new HashSet<>();

    OrchestraBackups(Tree tree, VhdLinks links, Archives archives) {
        this.tree = tree;
        this.links = links;
        this.archives = archives;
    }

    /// The files that the descriptions read so far name, and those below them.
    Set<Path> named() {
        return named;
    }

    PastBackup read(Path json) throws IOException, NotUnderstoodException {
        var description = new Description(json);
        var document = document(description.read());
        var version = document.path("version").asString("");
        if (!version.startsWith("2.")) {
            throw new NotUnderstoodException("version '%s' of Xen Orchestra's descriptions is not read, only 2"
                    .formatted(version));
        }
        var content = content(json, document);
        var name = text(document.path("vm"), "name_label")
                .orElseThrow(() -> new NotUnderstoodException("it names no machine (vm.name_label)"));
        var uuid = text(document.path("vm"), "uuid").orElse(json.getParent().getFileName().toString());
        return new PastBackup(json, Origin.XEN_ORCHESTRA, name, Optional.of(uuid), time(json, document), content,
                Optional.of(description));
    }

    private static JsonNode document(byte[] bytes) throws NotUnderstoodException {
        try {
            var document = new JsonMapper().readTree(bytes);
            if (document.isObject()) {
                return document;
            }
        } catch (JacksonException e) {
            throw new NotUnderstoodException("it is no JSON, or of an encrypted remote: " + e.getOriginalMessage(), e);
        }
        throw new NotUnderstoodException("it is no JSON object");
    }

    private static Optional<String> text(JsonNode object, String key) {
        return object.path(key).stringValueOpt().filter(text -> !text.isEmpty());
    }

    private static Instant time(Path json, JsonNode document) throws NotUnderstoodException {
        var stamp = document.path("timestamp");
        if (stamp.canConvertToLong() && stamp.longValue() > 0 && stamp.longValue() <= LAST_MILLI) {
            return Instant.ofEpochMilli(stamp.longValue()).truncatedTo(ChronoUnit.SECONDS);
        }
        try {
            return LocalDateTime.parse(json.getFileName().toString(), FILE_TIME).toInstant(ZoneOffset.UTC);
        } catch (DateTimeException e) {
            throw new NotUnderstoodException("neither its timestamp nor its name tells a time", e);
        }
    }

    private Content content(Path json, JsonNode document) throws IOException, NotUnderstoodException {
        var mode = text(document, "mode").orElse("");
        return switch (mode) {
            case "full" -> {
                var xva = file(json, text(document, "xva").orElse(""), tree.archives());
                yield new Content.Archive(xva, archives.summary(xva).diskNames());
            }
            case "delta" -> new Content.Images(disks(json, document));
            default -> throw new NotUnderstoodException("the mode '%s' is not read, only full and delta".formatted(mode));
        };
    }

    /// A file that a description names: one of those that the walk has met, wherever the name seems to lead.
    private Path file(Path json, String name, Set<Path> known) throws NotUnderstoodException {
        try {
            var relative = Path.of(name);
            if (name.isEmpty() || relative.isAbsolute() || hasParents(relative)) {
                throw new NotUnderstoodException("it names the file '%s', which is no path below its own folder"
                        .formatted(name));
            }
            var file = json.resolveSibling(relative).normalize();
            named.add(file);
            if (Tree.isAlias(file)) {
                throw new NotUnderstoodException("its disk %s is kept as a directory of blocks, which is not read"
                        .formatted(name));
            }
            if (!known.contains(file)) {
                throw new NotUnderstoodException("it names the file %s, which is not there".formatted(name));
            }
            return file;
        } catch (InvalidPathException e) {
            throw new NotUnderstoodException("it names a file that can have no such name: " + e.getReason(), e);
        }
    }

    private static boolean hasParents(Path relative) {
        for (var part : relative) {
            if (part.toString().equals("..")) {
                return true;
            }
        }
        return false;
    }

    private List<PastDisk> disks(Path json, JsonNode document) throws NotUnderstoodException {
        var files = new ArrayList<Path>();
        var refs = new ArrayList<String>();
        for (var vhd : document.path("vhds").properties()) { // all names first: what is named is not told of twice
            refs.add(vhd.getKey());
            files.add(file(json, vhd.getValue().asString(""), tree.images()));
        }
        if (files.isEmpty()) {
            throw new NotUnderstoodException("it names no disk");
        }
        var names = new HashSet<String>();
        var disks = new ArrayList<PastDisk>();
        for (int i = 0; i < files.size(); i++) {
            var image = links.image(files.get(i));
            for (var below = image.parent(); below.isPresent(); below = below.get().parent()) {
                named.add(below.get().file());
            }
            var vdi = document.path("vdis").path(refs.get(i));
            disks.add(new PastDisk(unused(device(document, refs.get(i)), names), text(vdi, "name_label"),
                    text(vdi, "$snapshot_of$uuid").or(() -> text(vdi, "uuid")), image));
        }
        disks.sort(Comparator.comparing((PastDisk disk) -> disk.name().length()).thenComparing(PastDisk::name));
        return disks;
    }

    private static Optional<String> device(JsonNode document, String ref) {
        for (var drive : document.path("vbds").properties()) {
            if (text(drive.getValue(), "VDI").filter(ref::equals).isPresent()) {
                var device = text(drive.getValue(), "device").filter(name -> DEVICE.matcher(name).matches());
                return device.or(() -> text(drive.getValue(), "userdevice").filter(at -> POSITION.matcher(at).matches())
                        .map(at -> DeviceName.at(Integer.parseInt(at))));
            }
        }
        return Optional.empty();
    }

    private static String unused(Optional<String> device, Set<String> names) {
        var wanted = device.orElse(DeviceName.at(0));
        for (int i = 0; !names.add(wanted); i++) {
            wanted = DeviceName.at(i);
        }
        return wanted;
    }
}
