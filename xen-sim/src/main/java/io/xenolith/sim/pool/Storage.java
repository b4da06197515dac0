package io.xenolith.sim.pool;

import io.xenolith.sim.disk.DiskImage;
import io.xenolith.sim.disk.DiskStore;
import io.xenolith.sim.model.Database;
import io.xenolith.sim.model.Row;
import io.xenolith.sim.rpc.XapiFailure;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What lies behind SR and VDI rows: disk contents and change logs. Under the database's lock, but for reading and writing
/// the content of an image that was got here.
public final class Storage implements AutoCloseable {
    /// The most a VHD can hold, 2040 GiB.
    public static final long MOST_VHD_BYTES = 2_190_433_320_960L;

    private static final List<String> INHERITED = List.of("name_label", "name_description", "type", "sharable",
            "other_config", "tags", "xenstore_data");
    private static final long ROUNDING = 2 << 20;
    private static final int MOST_LAYERS = 30;
    private static final int NO_SPACE = 44;
    private static final int BAD_SIZE = 79;
    private static final int CHAIN_TOO_LONG = 109;

    private final Database database;
    private final Path directory;
    private final Map<String, DiskStore> stores = new HashMap<>();
    private final Map<String, DiskImage> images = new HashMap<>();
    private final Map<String, Forgotten> forgotten = new HashMap<>();
    private final ChangeLogs logs = new ChangeLogs();

    /// A disk that lies on an SR, but that the pool does not know.
    private record Forgotten(String sr, DiskImage image) {}

    Storage(Database database, Path directory) {
        this.database = database;
        this.directory = directory;
    }

    /// Makes an SR of `capacity` bytes and attaches it to all hosts, or to the first one if it is local storage.
    public Row addSr(String name, SrKind kind, long capacity, List<Host> hosts) throws IOException {
        var sr = database.create("SR", Map.of("name_label", name, "type", kind.type(), "content_type", kind.contentType(),
                "shared", kind.shared(), "physical_size", capacity,
                "allowed_operations", List.of("scan", "vdi_create", "vdi_destroy", "vdi_snapshot", "vdi_clone", "update")));
        stores.put(sr.ref(), new DiskStore(directory.resolve(sr.uuid()), capacity));
        for (var host : kind.shared() ? hosts : hosts.subList(0, 1)) {
            database.create("PBD", Map.of("host", host.row().ref(), "SR", sr.ref(), "currently_attached", true,
                    "device_config", Map.of("device", "/dev/sda3")));
        }
        if (database.all("SM").stream().noneMatch(row -> row.text("type").equals(kind.type()))) {
            database.create("SM", Map.of("name_label", kind.type(), "type", kind.type(), "vendor", "Citrix Systems Inc",
                    "version", "1.0", "required_api_version", "1.0", "features", kind.features(),
                    "capabilities", List.copyOf(kind.features().keySet())));
        }
        return sr;
    }

    public SrKind kind(Row sr) {
        return SrKind.ofType(sr.text("type"));
    }

    /// Changes how much an SR can hold, for instance to what it holds already.
    public void setCapacity(Row sr, long bytes) {
        stores.get(sr.ref()).setCapacity(bytes);
        sr.set("physical_size", bytes);
    }

    /// @throws XapiFailure `SR_HAS_NO_PBDS` if no host sees the SR
    public void requireAttached(Row sr) {
        if (sr.followAll("PBDs").stream().noneMatch(pbd -> pbd.flag("currently_attached"))) {
            throw new XapiFailure("SR_HAS_NO_PBDS", sr.ref());
        }
    }

    public boolean sees(Host host, Row sr) {
        return sr.followAll("PBDs").stream()
                .anyMatch(pbd -> pbd.flag("currently_attached") && pbd.text("host").equals(host.row().ref()));
    }

    /// Makes a disk of zeros. Its size is rounded up to 2 MiB.
    public Row create(Row sr, long size, Map<String, ?> fields) throws IOException {
        requireAttached(sr);
        if (size <= 0 || size > MOST_VHD_BYTES) {
            throw XapiFailure.storage(BAD_SIZE, "VDI Invalid size: " + size);
        }
        long rounded = kind(sr) == SrKind.ISO ? size : Math.ceilDiv(size, ROUNDING) * ROUNDING;
        requireRoom(sr, kind(sr).thick() ? rounded : 0);
        return addRow(sr, stores.get(sr.ref()).create(rounded), fields);
    }

    private void requireRoom(Row sr, long bytes) {
        long free = sr.number("physical_size") - used(sr);
        if (free < bytes || free <= 0) {
            throw XapiFailure.storage(NO_SPACE, "There is insufficient space");
        }
    }

    private long used(Row sr) {
        return kind(sr).thick()
                ? sr.followAll("VDIs").stream().filter(vdi -> !vdi.text("type").equals("cbt_metadata"))
                        .mapToLong(vdi -> vdi.flag("managed") && !vdi.flag("is_a_snapshot") ? vdi.number("virtual_size")
                                : vdi.number("physical_utilisation")).sum()
                : stores.get(sr.ref()).usedBytes();
    }

    private Row addRow(Row sr, DiskImage image, Map<String, ?> fields) {
        var values = new LinkedHashMap<String, Object>(fields);
        values.put("SR", sr.ref());
        values.put("virtual_size", image.size());
        values.put("allowed_operations", List.of("clone", "copy", "destroy", "forget", "resize", "snapshot", "update"));
        var vdi = database.create("VDI", values);
        vdi.set("location", vdi.uuid());
        images.put(vdi.ref(), image);
        refresh(sr);
        return vdi;
    }

    /// Freezes the disk's content as a new disk. Both are tracked on if the disk is tracked.
    public Row snapshot(Row vdi) throws IOException {
        var copy = fork(vdi, Map.of("is_a_snapshot", true, "snapshot_of", vdi.ref(), "snapshot_time", Instant.now(),
                "cbt_enabled", vdi.flag("cbt_enabled")));
        logs.snapshot(vdi.uuid(), copy.uuid());
        return copy;
    }

    /// A new writable disk with the same content; not tracked.
    public Row cloneOf(Row vdi) throws IOException {
        return fork(vdi, Map.of());
    }

    private Row fork(Row vdi, Map<String, ?> lineage) throws IOException {
        var sr = vdi.follow("SR");
        requireAttached(sr);
        var origin = image(vdi);
        if (origin.depth() >= MOST_LAYERS) {
            throw XapiFailure.storage(CHAIN_TOO_LONG, "The snapshot chain is too long");
        }
        requireRoom(sr, kind(sr).thick() ? origin.size() : 0);
        var fields = new LinkedHashMap<String, Object>(lineage);
        for (var inherited : INHERITED) {
            fields.put(inherited, vdi.get(inherited));
        }
        return addRow(sr, stores.get(sr.ref()).fork(origin), fields);
    }

    /// The disk's content.
    ///
    /// @throws XapiFailure `VDI_INCOMPATIBLE_TYPE` if only its change log is left
    public DiskImage image(Row vdi) {
        var image = images.get(vdi.ref());
        if (image == null) {
            throw new XapiFailure("VDI_INCOMPATIBLE_TYPE", vdi.ref(), vdi.text("type"));
        }
        return image;
    }

    /// Writes as the disk's guest would: a tracked block is marked.
    public void write(Row vdi, long offset, ByteBuffer bytes) throws IOException {
        int length = bytes.remaining();
        image(vdi).write(offset, bytes);
        logs.mark(vdi.uuid(), offset, length);
    }

    public void resize(Row vdi, long size) {
        long rounded = Math.ceilDiv(size, ROUNDING) * ROUNDING;
        image(vdi).grow(rounded);
        logs.resize(vdi.uuid(), rounded);
        vdi.set("virtual_size", rounded);
    }

    /// Removes a disk; what its change log holds goes to the next snapshot's.
    public void destroy(Row vdi) throws IOException {
        var sr = vdi.follow("SR");
        vdi.followAll("VBDs").forEach(database::delete);
        dropContent(vdi, sr);
        logs.destroy(vdi.uuid());
        database.delete(vdi);
        refresh(sr);
    }

    /// Removes a snapshot's content and keeps its change log.
    public void destroyData(Row vdi) throws IOException {
        dropContent(vdi, vdi.follow("SR"));
        vdi.set("type", "cbt_metadata").set("physical_utilisation", 0L);
        vdi.remove("sm_config", "vhd-parent");
        refresh(vdi.follow("SR"));
    }

    /// Takes the disk out of the pool's knowledge; its data stay until [#introduce].
    public void forget(Row vdi) {
        forgotten.put(vdi.uuid(), new Forgotten(vdi.text("SR"), images.remove(vdi.ref())));
        logs.destroy(vdi.uuid());
        vdi.followAll("VBDs").forEach(database::delete);
        database.delete(vdi);
    }

    /// Makes a disk that was forgotten known again; it is not tracked any more.
    ///
    /// @throws XapiFailure `VDI_MISSING` if the SR has no such disk
    public Row introduce(String uuid, Row sr, Map<String, ?> fields) {
        var found = forgotten.get(uuid);
        if (found == null || !found.sr().equals(sr.ref())) {
            throw new XapiFailure("VDI_MISSING", sr.ref(), uuid);
        }
        forgotten.remove(uuid);
        var values = new LinkedHashMap<String, Object>(fields);
        values.put("uuid", uuid);
        return addRow(sr, found.image(), values);
    }

    /// Brings all that an SR holds into the pool's knowledge, and sizes up to date.
    public void scan(Row sr) {
        requireAttached(sr);
        var unknown = forgotten.entrySet().stream().filter(disk -> disk.getValue().sr().equals(sr.ref()))
                .map(Map.Entry::getKey).toList();
        unknown.forEach(uuid -> introduce(uuid, sr, Map.of("type", "user")));
        refresh(sr);
    }

    private void dropContent(Row vdi, Row sr) throws IOException {
        var image = images.remove(vdi.ref());
        if (image != null) {
            stores.get(sr.ref()).delete(image);
        }
    }

    public void enableTracking(Row vdi) {
        logs.enable(vdi.uuid(), vdi.number("virtual_size"));
        vdi.set("cbt_enabled", true);
    }

    public void disableTracking(Row vdi) {
        logs.disable(vdi.uuid());
        vdi.set("cbt_enabled", false);
    }

    /// Makes the log of `vdi` one that nobody may trust, as a host's crash does.
    public void spoilTracking(Row vdi) {
        logs.setInconsistent(vdi.uuid());
    }

    /// Whether the disk is tracked by a log that must not be trusted.
    public boolean isTrackingSpoilt(Row vdi) {
        return logs.tracks(vdi.uuid()) && !logs.isConsistent(vdi.uuid());
    }

    /// The bitmap of what was written between two snapshots of a disk, without the blocks that are `hidden`.
    public byte[] changedBlocks(Row from, Row to, List<Integer> hidden) {
        return logs.changedBlocks(from.uuid(), to.uuid(), hidden);
    }

    /// Brings sizes, parents and the rows of hidden files up to date, as a scan does.
    public void refresh(Row sr) {
        var store = stores.get(sr.ref());
        var hidden = new HashMap<String, DiskStore.Hidden>();
        store.hidden().forEach(file -> hidden.put(file.id().toString(), file));
        for (var vdi : sr.followAll("VDIs")) {
            if (!vdi.flag("managed") && hidden.remove(vdi.uuid()) == null) {
                database.delete(vdi);
            }
        }
        hidden.forEach((id, file) -> database.create("VDI", Map.of("uuid", id, "SR", sr.ref(), "name_label", "base copy",
                "location", id, "type", "user", "managed", false, "read_only", true, "physical_utilisation", file.bytes())));
        store.hidden().forEach(file -> setParent(database.byUuid("VDI", file.id().toString()), file.parent()));
        for (var vdi : sr.followAll("VDIs")) {
            if (images.containsKey(vdi.ref())) {
                setParent(vdi, images.get(vdi.ref()).parentFileId());
                setIfNew(vdi, "physical_utilisation", images.get(vdi.ref()).ownBytes());
            }
        }
        setIfNew(sr, "physical_utilisation", used(sr));
        setIfNew(sr, "virtual_allocation", sr.followAll("VDIs").stream().mapToLong(vdi -> vdi.number("virtual_size")).sum());
    }

    private static void setParent(Row vdi, Object file) {
        if (file == null) {
            vdi.remove("sm_config", "vhd-parent");
        } else if (!file.toString().equals(vdi.map("sm_config").get("vhd-parent"))) {
            vdi.put("sm_config", "vhd-parent", file.toString());
        }
    }

    private static void setIfNew(Row row, String field, Object value) {
        if (!row.get(field).equals(value)) {
            row.set(field, value);
        }
    }

    @Override
    public void close() throws IOException {
        for (var store : stores.values()) {
            store.close();
        }
    }
}
