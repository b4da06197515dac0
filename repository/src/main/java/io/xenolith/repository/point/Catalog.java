package io.xenolith.repository.point;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.xenolith.engine.chunk.ChunkIdentity;
import io.xenolith.engine.parallel.Crew;
import io.xenolith.engine.point.RestorePoint;
import io.xenolith.repository.CorruptObjectException;
import io.xenolith.repository.NewerFormatException;
import io.xenolith.repository.object.ObjectKind;
import io.xenolith.repository.object.ObjectStore;
import io.xenolith.repository.storage.ObjectExistsException;
import io.xenolith.repository.storage.ObjectMissingException;
import io.xenolith.repository.storage.ObjectTooLargeException;
import io.xenolith.repository.storage.Storage;
import io.xenolith.repository.storage.StoredObject;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// The restore points of a repository. Keeps none in memory: each call tells what the storage holds now. Safe for use by
/// several threads, and beside other processes that add and remove points.
public final class Catalog {

    private static final int MAX_OBJECT_BYTES = 16 << 20;
    private static final int VM_KEY_BYTES = 16;
    private static final int POINTS_PER_TASK = 128; // some milliseconds of work, which is worth a thread
    private static final int POINTS_TO_SUMMARIZE = 500; // read in less than a tenth of a second
    private static final String PINS = "pins/";
    private static final Pattern PIN = Pattern.compile(PINS + "[0-9a-f]{16}");

    private final Storage storage;
    private final ObjectStore objects;
    private final ChunkIdentity identity;

    /// The keys of the machines that were met: as many as there are machines, while points are many.
    private final Map<String, String> vmKeys = new ConcurrentHashMap<>();

    /// @param storage  where the points lie
    /// @param objects  reads and writes them there
    /// @param identity the repository's; hides the machines' names where it is keyed
    public Catalog(Storage storage, ObjectStore objects, ChunkIdentity identity) {
        this.storage = storage;
        this.objects = objects;
        this.identity = identity;
    }

    /// An id for a new point: 16 hexadecimal digits.
    public static String newId(RandomGenerator random) {
        return HexFormat.of().toHexDigits(random.nextLong());
    }

    /// Adds `point`. When this returns, it is listed and survives a power loss; all that it needs has to be durable before.
    ///
    /// @throws IllegalArgumentException if a part of it is not as [RestorePoint] and [VmName] demand
    /// @throws ObjectExistsException if there is a point of its machine, time and id
    public void add(RestorePoint point) throws IOException {
        var json = RestorePointFormat.encode(point);
        objects.write(nameOf(point).object(), ObjectKind.RESTORE_POINT, json);
    }

    /// All points of all machines.
    ///
    /// @throws IOException if the storage did not tell everything: then nothing is known about what it holds
    public Points all() throws IOException, InterruptedException {
        return read(storage.list(PointName.FOLDER), this::readBytes);
    }

    /// All points of all machines, for looking at: those of which a summary has a copy are not read one by one, so that
    /// damage to their objects goes unnoticed. When many had to be, a summary is written for the next time.
    ///
    /// @param random for the summary's name
    /// @throws IOException if the storage did not tell everything
    public Points overview(RandomGenerator random) throws IOException, InterruptedException {
        var listed = storage.list(PointName.FOLDER);
        var summaries = new PointSummaries(storage, objects);
        var known = summaries.read();
        var readOneByOne = new ConcurrentHashMap<String, byte[]>();
        var points = read(listed, object -> {
            if (known.containsKey(object)) {
                return known.get(object);
            }
            var content = readBytes(object);
            readOneByOne.put(object, content);
            return content;
        });
        if (readOneByOne.size() >= POINTS_TO_SUMMARIZE) {
            known.keySet().retainAll(listed.stream().map(StoredObject::name).collect(Collectors.toSet()));
            known.putAll(readOneByOne);
            summaries.replace(known, random);
        }
        return points;
    }

    /// Where the content of a point's object comes from.
    private interface Contents {
        byte[] of(String object) throws IOException;
    }

    /// The points of the machine called `vm`. No others are read.
    ///
    /// @throws IllegalArgumentException if no machine can be called so
    /// @throws IOException if the storage did not tell everything: then nothing is known about what it holds
    public Points ofVm(String vm) throws IOException, InterruptedException {
        return read(storage.list(PointName.folder(vmKey(vm))), this::readBytes);
    }

    private Points read(List<StoredObject> listed, Contents contents) throws IOException, InterruptedException {
        var tasks = new ArrayList<Callable<Points>>();
        for (int from = 0; from < listed.size(); from += POINTS_PER_TASK) {
            var part = listed.subList(from, Math.min(listed.size(), from + POINTS_PER_TASK));
            tasks.add(() -> readPart(part, contents));
        }
        if (tasks.isEmpty()) {
            return new Points(List.of(), List.of());
        }
        int workers = Math.min(tasks.size(), Runtime.getRuntime().availableProcessors());
        var parts = Crew.all("catalog", workers, tasks);
        return new Points(parts.stream().flatMap(part -> part.points().stream()).toList(),
                parts.stream().flatMap(part -> part.unreadable().stream()).toList());
    }

    private Points readPart(List<StoredObject> listed, Contents contents) throws IOException {
        var points = new ArrayList<RestorePoint>();
        var unreadable = new ArrayList<Unreadable>();
        for (var object : listed) {
            try {
                points.add(read(object.name(), contents));
            } catch (CorruptObjectException | NewerFormatException e) {
                unreadable.add(new Unreadable(object.name(), e.getMessage()));
            } catch (ObjectMissingException _) {
                // removed since it was listed
            }
        }
        return new Points(points, unreadable);
    }

    /// A name tells machine, time and id, and points are found by it; so it has to agree with what is under it.
    private RestorePoint read(String object, Contents contents) throws IOException {
        var name = PointName.parse(object)
                .orElseThrow(() -> new CorruptObjectException(object, "it is not called as restore points are"));
        var point = RestorePointFormat.decode(object, contents.of(object));
        if (!nameOf(point).equals(name)) {
            throw new CorruptObjectException(object, "it holds the point %s of '%s' at %s, which belongs elsewhere"
                    .formatted(point.id(), point.vm(), PointTime.format(point.time())));
        }
        return point;
    }

    private byte[] readBytes(String object) throws IOException {
        try {
            return objects.read(object, ObjectKind.RESTORE_POINT, MAX_OBJECT_BYTES);
        } catch (ObjectTooLargeException _) {
            throw new CorruptObjectException(object, "more than %d bytes".formatted(MAX_OBJECT_BYTES));
        }
    }

    private PointName nameOf(RestorePoint point) {
        return PointName.of(vmKey(point.vm()), point);
    }

    private String vmKey(String vm) {
        return vmKeys.computeIfAbsent(vm, this::computeVmKey);
    }

    private String computeVmKey(String vm) {
        var prefix = "vm\0".getBytes(UTF_8);
        var name = VmName.encode(vm);
        var bytes = Arrays.copyOf(prefix, prefix.length + name.length);
        System.arraycopy(name, 0, bytes, prefix.length, name.length);
        return HexFormat.of().formatHex(identity.ofFew(bytes).toBytes(), 0, VM_KEY_BYTES);
    }

    /// The one point that `reference` names: an id or at least 4 digits of its beginning; `NAME@latest`; or `NAME@TIME` with
    /// a date, a date with hours and minutes or also seconds (UTC), or an ISO-8601 time with an offset. All points of the
    /// machine whose time begins so are meant, and it has to be one. Reads only that point.
    ///
    /// @throws NoSuchPointException if it names none
    /// @throws AmbiguousPointException if it names several
    /// @throws CorruptObjectException if the point is damaged; no other is taken in its place
    public RestorePoint resolve(String reference) throws IOException {
        var name = find(reference).object();
        try {
            return read(name, this::readBytes);
        } catch (ObjectMissingException _) {
            throw new NoSuchPointException(reference, "it was removed just now");
        }
    }

    private PointName find(String reference) throws IOException {
        return switch (PointReference.parse(reference)) {
            case PointReference.Id(var prefix) -> only(reference, "no id begins so",
                    names(PointName.FOLDER, name -> name.id().startsWith(prefix)));
            case PointReference.Latest(var vm) -> latest(vm)
                    .orElseThrow(() -> new NoSuchPointException(reference, "the machine '%s' has none".formatted(vm)));
            case PointReference.At(var vm, var beginning) -> only(reference,
                    "the machine '%s' has none of that time in UTC".formatted(vm),
                    names(PointName.folder(vmKey(vm)), name -> PointTime.compact(name.time()).startsWith(beginning)));
        };
    }

    private Optional<PointName> latest(String vm) throws IOException {
        return names(PointName.folder(vmKey(vm)), _ -> true).stream().reduce((_, later) -> later); // they sort by time
    }

    private List<PointName> names(String folder, Predicate<PointName> wanted) throws IOException {
        return storage.list(folder).stream().map(StoredObject::name).map(PointName::parse).flatMap(Optional::stream)
                .filter(wanted).toList();
    }

    private static PointName only(String reference, String ifNone, List<PointName> found)
            throws NoSuchPointException, AmbiguousPointException {
        if (found.isEmpty()) {
            throw new NoSuchPointException(reference, ifNone);
        }
        if (found.size() > 1) {
            throw new AmbiguousPointException(reference, found);
        }
        return found.getFirst();
    }

    /// Removes `point` and its pin, if it has one; whether a pinned point may go is the caller's decision. The chunks that
    /// only it needed stay until they are reclaimed.
    ///
    /// @return false if it was not there
    public boolean remove(RestorePoint point) throws IOException {
        boolean removed = storage.delete(nameOf(point).object());
        unpin(point); // afterwards: a crash in between leaves a pin of nothing, not a point that lost its pin
        return removed;
    }

    /// Keeps retention from removing `point`, until it is unpinned. Does nothing if it is pinned already.
    public void pin(RestorePoint point) throws IOException {
        // Nothing that changes belongs in here: a name that was taken before may be taken again by the same bytes only.
        var json = "{\"version\":1,\"id\":\"%s\"}".formatted(point.id());
        try {
            objects.write(pinOf(point), ObjectKind.PIN, json.getBytes(UTF_8));
        } catch (ObjectExistsException _) {
            // pinned already
        }
    }

    /// Takes the pin away.
    ///
    /// @return false if there was none
    public boolean unpin(RestorePoint point) throws IOException {
        return storage.delete(pinOf(point));
    }

    /// The ids of the pinned points. A pin counts even if its content is damaged.
    public Set<String> pinned() throws IOException {
        return storage.list(PINS).stream().map(StoredObject::name).filter(PIN.asMatchPredicate())
                .map(name -> name.substring(PINS.length())).collect(Collectors.toUnmodifiableSet());
    }

    private static String pinOf(RestorePoint point) {
        return PINS + point.id();
    }
}
