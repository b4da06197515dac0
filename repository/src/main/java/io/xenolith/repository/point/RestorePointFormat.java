package io.xenolith.repository.point;

import io.xenolith.engine.chunk.ChunkId;
import io.xenolith.engine.point.Consistency;
import io.xenolith.engine.point.Level;
import io.xenolith.engine.point.Machine;
import io.xenolith.engine.point.PointDisk;
import io.xenolith.engine.point.PointFile;
import io.xenolith.engine.point.RestorePoint;
import io.xenolith.engine.point.SkippedDisk;
import io.xenolith.repository.CorruptObjectException;
import io.xenolith.repository.NewerFormatException;
import io.xenolith.repository.json.JsonReader;
import io.xenolith.repository.json.JsonWriter;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;

/// A restore point as JSON, one object in UTF-8 of at most [#MAX_BYTES]:
///
/// | key           | value                                                                                             |
/// |---------------|---------------------------------------------------------------------------------------------------|
/// | `version`     | 1; 2 where there are `files`; always the first key                                                |
/// | `id`          | 16 hexadecimal digits, lower case                                                                 |
/// | `vm`          | the machine's name, see [VmName]                                                                  |
/// | `time`        | when the disks were so, in UTC to the second: `2026-11-20T10:15:00Z`                              |
/// | `level`       | `full`, `inc`, `diff` or `copy`                                                                   |
/// | `consistency` | `crash`, `quiesced` or `scripted`                                                                 |
/// | `disks`       | array: `name`, `size`, `root` (64 hexadecimal digits), `bytesRead`, `bytesNew`, `bytesStored`; where more was read than asked for, `wholeReason`; where known, `label` and `uuid` (or `vhd:` and the id of the VHD that it was read from) |
/// | `files`       | array, not there if empty: `name`, `size`, `root`; disks and files together are at least one       |
/// | `skipped`     | array, may be empty: `name`, `reason`                                                             |
/// | `uuid`, `pool` | what the hypervisor knows the machine by, and its pool; not there if not known                   |
/// | `notes`       | array of sentences, not there if empty                                                            |
/// | `tags`        | array of texts, may be empty                                                                      |
/// | `base`        | the id of the point that it was read against; not there if there was none                         |
/// | `seconds`     | how long the backup took; a number, at least 0                                                    |
/// | `program`     | name and version of the program that wrote it                                                     |
///
/// Sizes are in bytes, from 0 to 2⁶³-1. A key occurs once. Keys that a reader does not know are passed over, so a writer
/// may add some without a new version if ignoring them does no harm. Ignoring `files` would do harm: their chunks would be
/// reclaimed.
final class RestorePointFormat {

    static final int VERSION = 2;

    /// Bounds what a reader has to hold; some 40,000 disks.
    static final int MAX_BYTES = (16 << 20) - 1024;

    private static final int MAX_FINDING = 400;
    private static final Map<String, Level> LEVELS = words(Level.values());
    private static final Map<String, Consistency> CONSISTENCIES = words(Consistency.values());
    private static final Pattern ID = Pattern.compile("[0-9a-f]{16}");

    private RestorePointFormat() {
    }

    /// @throws IllegalArgumentException if `point` is not as the format demands, or too large for it
    static byte[] encode(RestorePoint point) {
        require(point);
        byte[] bytes;
        try {
            bytes = JsonWriter.object(out -> write(point, out));
        } catch (JacksonException e) {
            throw new IllegalArgumentException("the restore point of '%s' is no JSON: %s"
                    .formatted(point.vm(), e.getOriginalMessage()), e);
        }
        if (bytes.length > MAX_BYTES) {
            throw new IllegalArgumentException("the restore point of '%s' takes %d bytes, more than %d"
                    .formatted(point.vm(), bytes.length, MAX_BYTES));
        }
        return bytes;
    }

    private static void write(RestorePoint point, JsonGenerator out) {
        out.writeNumberProperty("version", point.files().isEmpty() ? 1 : VERSION);
        out.writeStringProperty("id", point.id());
        out.writeStringProperty("vm", point.vm());
        point.machine().uuid().ifPresent(uuid -> out.writeStringProperty("uuid", uuid));
        point.machine().pool().ifPresent(pool -> out.writeStringProperty("pool", pool));
        out.writeStringProperty("time", PointTime.format(point.time()));
        out.writeStringProperty("level", word(point.level()));
        out.writeStringProperty("consistency", word(point.consistency()));
        out.writeArrayPropertyStart("disks");
        point.disks().forEach(disk -> write(disk, out));
        out.writeEndArray();
        writeFiles(point.files(), out);
        out.writeArrayPropertyStart("skipped");
        point.skipped().forEach(disk -> write(disk, out));
        out.writeEndArray();
        writeNotes(point.notes(), out);
        out.writeArrayPropertyStart("tags");
        point.tags().forEach(out::writeString);
        out.writeEndArray();
        point.base().ifPresent(base -> out.writeStringProperty("base", base));
        out.writeNumberProperty("seconds", point.seconds());
        out.writeStringProperty("program", point.program());
    }

    private static void write(PointDisk disk, JsonGenerator out) {
        out.writeStartObject();
        out.writeStringProperty("name", disk.name());
        out.writeNumberProperty("size", disk.size());
        out.writeStringProperty("root", disk.root().toString());
        out.writeNumberProperty("bytesRead", disk.bytesRead());
        out.writeNumberProperty("bytesNew", disk.bytesNew());
        out.writeNumberProperty("bytesStored", disk.bytesStored());
        disk.wholeReason().ifPresent(reason -> out.writeStringProperty("wholeReason", reason));
        disk.label().ifPresent(label -> out.writeStringProperty("label", label));
        disk.uuid().ifPresent(uuid -> out.writeStringProperty("uuid", uuid));
        out.writeEndObject();
    }

    private static void writeFiles(List<PointFile> files, JsonGenerator out) {
        if (files.isEmpty()) {
            return;
        }
        out.writeArrayPropertyStart("files");
        for (var file : files) {
            out.writeStartObject();
            out.writeStringProperty("name", file.name());
            out.writeNumberProperty("size", file.size());
            out.writeStringProperty("root", file.root().toString());
            out.writeEndObject();
        }
        out.writeEndArray();
    }

    private static void writeNotes(List<String> notes, JsonGenerator out) {
        if (!notes.isEmpty()) {
            out.writeArrayPropertyStart("notes");
            notes.forEach(out::writeString);
            out.writeEndArray();
        }
    }

    private static void write(SkippedDisk disk, JsonGenerator out) {
        out.writeStartObject();
        out.writeStringProperty("name", disk.name());
        out.writeStringProperty("reason", disk.reason());
        out.writeEndObject();
    }

    /// @param object the object's name, for messages
    /// @throws CorruptObjectException if `json` is anything else than the table above allows
    /// @throws NewerFormatException if its version is above [#VERSION]
    static RestorePoint decode(String object, byte[] json) throws CorruptObjectException, NewerFormatException {
        try (var in = new JsonReader(object, json)) {
            in.begin(VERSION);
            var point = require(readPoint(in));
            in.end();
            return point;
        } catch (JacksonException e) {
            throw new CorruptObjectException(object, brief("it is no JSON: " + e.getOriginalMessage()));
        } catch (IllegalArgumentException e) {
            throw new CorruptObjectException(object, brief(e.getMessage()));
        }
    }

    /// A finding quotes what it found, which may be megabytes of anything.
    private static String brief(String finding) {
        var line = finding.replaceAll("\\p{Cntrl}", "?");
        return line.length() > MAX_FINDING ? line.substring(0, MAX_FINDING) + "…" : line;
    }

    private static RestorePoint readPoint(JsonReader in) throws CorruptObjectException {
        String id = null;
        String vm = null;
        Instant time = null;
        Level level = null;
        Consistency consistency = null;
        String uuid = null;
        String pool = null;
        List<PointDisk> disks = null;
        List<PointFile> files = List.of();
        List<String> notes = List.of();
        List<SkippedDisk> skipped = null;
        List<String> tags = null;
        String base = null;
        Double seconds = null;
        String program = null;
        while (in.nextKey()) {
            switch (in.key()) {
                case "id" -> id = in.text();
                case "vm" -> vm = in.text();
                case "uuid" -> uuid = in.text();
                case "pool" -> pool = in.text();
                case "time" -> time = PointTime.parse(in.text());
                case "level" -> level = constant(LEVELS, in.text());
                case "consistency" -> consistency = constant(CONSISTENCIES, in.text());
                case "disks" -> disks = in.objects(() -> readDisk(in));
                case "files" -> files = in.objects(() -> readFile(in));
                case "notes" -> notes = in.texts();
                case "skipped" -> skipped = in.objects(() -> readSkipped(in));
                case "tags" -> tags = in.texts();
                case "base" -> base = in.text();
                case "seconds" -> seconds = in.number();
                case "program" -> program = in.text();
                default -> in.skip();
            }
        }
        var machine = new Machine(in.required("vm", vm), Optional.ofNullable(uuid), Optional.ofNullable(pool));
        return new RestorePoint(in.required("id", id), machine, in.required("time", time), in.required("level", level),
                in.required("consistency", consistency), in.required("disks", disks), files,
                in.required("skipped", skipped), notes, in.required("tags", tags), Optional.ofNullable(base),
                in.required("seconds", seconds), in.required("program", program));
    }

    private static PointDisk readDisk(JsonReader in) throws CorruptObjectException {
        String name = null;
        Long size = null;
        ChunkId root = null;
        Long bytesRead = null;
        Long bytesNew = null;
        Long bytesStored = null;
        String wholeReason = null;
        String label = null;
        String uuid = null;
        while (in.nextKey()) {
            switch (in.key()) {
                case "name" -> name = in.text();
                case "size" -> size = in.wholeNumber();
                case "root" -> root = ChunkId.parse(in.text());
                case "bytesRead" -> bytesRead = in.wholeNumber();
                case "bytesNew" -> bytesNew = in.wholeNumber();
                case "bytesStored" -> bytesStored = in.wholeNumber();
                case "wholeReason" -> wholeReason = in.text();
                case "label" -> label = in.text();
                case "uuid" -> uuid = in.text();
                default -> in.skip();
            }
        }
        return new PointDisk(in.required("name", name), in.required("size", size), in.required("root", root),
                in.required("bytesRead", bytesRead), in.required("bytesNew", bytesNew),
                in.required("bytesStored", bytesStored), Optional.ofNullable(wholeReason), Optional.ofNullable(label),
                Optional.ofNullable(uuid));
    }

    private static PointFile readFile(JsonReader in) throws CorruptObjectException {
        String name = null;
        Long size = null;
        ChunkId root = null;
        while (in.nextKey()) {
            switch (in.key()) {
                case "name" -> name = in.text();
                case "size" -> size = in.wholeNumber();
                case "root" -> root = ChunkId.parse(in.text());
                default -> in.skip();
            }
        }
        return new PointFile(in.required("name", name), in.required("size", size), in.required("root", root));
    }

    private static SkippedDisk readSkipped(JsonReader in) throws CorruptObjectException {
        String name = null;
        String reason = null;
        while (in.nextKey()) {
            switch (in.key()) {
                case "name" -> name = in.text();
                case "reason" -> reason = in.text();
                default -> in.skip();
            }
        }
        return new SkippedDisk(in.required("name", name), in.required("reason", reason));
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    private static <E extends Enum<E>> Map<String, E> words(E[] constants) {
        return Stream.of(constants).collect(Collectors.toUnmodifiableMap(RestorePointFormat::word, Function.identity()));
    }

    private static <E> E constant(Map<String, E> words, String word) {
        var constant = words.get(word);
        if (constant == null) {
            throw new IllegalArgumentException("'%s' is none of %s".formatted(word, new TreeSet<>(words.keySet())));
        }
        return constant;
    }

    /// What holds for each point, whether it is to be written or was read.
    private static RestorePoint require(RestorePoint point) {
        requireId(point.id());
        point.base().ifPresent(RestorePointFormat::requireId);
        VmName.require(point.vm());
        PointTime.require(point.time());
        if (point.parts().isEmpty()) {
            throw new IllegalArgumentException("a restore point without disks or files");
        }
        point.disks().forEach(RestorePointFormat::require);
        point.files().forEach(RestorePointFormat::require);
        if (!(point.seconds() >= 0) || Double.isInfinite(point.seconds())) {
            throw new IllegalArgumentException("it took %s seconds".formatted(point.seconds()));
        }
        return point;
    }

    private static void requireId(String id) {
        if (!ID.matcher(id).matches()) {
            throw new IllegalArgumentException("'%s' is no id of 16 hexadecimal digits".formatted(id));
        }
    }

    private static void require(PointFile file) {
        if (file.name().isEmpty()) {
            throw new IllegalArgumentException("a file without a name");
        }
        if (file.size() < 0) {
            throw new IllegalArgumentException("a count of bytes below 0: " + file);
        }
    }

    private static void require(PointDisk disk) {
        if (disk.name().isEmpty()) {
            throw new IllegalArgumentException("a disk without a name");
        }
        if (disk.size() < 0 || disk.bytesRead() < 0 || disk.bytesNew() < 0 || disk.bytesStored() < 0) {
            throw new IllegalArgumentException("a count of bytes below 0: " + disk);
        }
    }
}
