package io.xenolith.source.xapi;

import io.xenolith.source.xapi.records.Ref;
import io.xenolith.source.xapi.records.Sr;
import io.xenolith.source.xapi.records.Vdi;
import io.xenolith.source.xapi.records.Vm;
import io.xenolith.source.xapi.rpc.Value;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/// Streams into a pool. Each belongs to its caller, who writes, finishes and closes it.
public final class Imports {
    /// In place of a length that nobody knows.
    public static final long UNKNOWN_LENGTH = -1;

    private final Streams streams;

    Imports(Streams streams) {
        this.streams = streams;
    }

    /// What an imported VM keeps of the one that was exported.
    public enum Identity {
        /// Nothing: new uuids, new MAC addresses.
        NEW,
        /// Its uuid and MAC addresses. A halted VM with that uuid is replaced, and its disks stay behind.
        RESTORED
    }

    /// A VM with its disks, as XVA.
    ///
    /// @param storage for all disks
    /// @param length in bytes, or [#UNKNOWN_LENGTH]
    public Upload<List<Ref<Vm>>> vm(Ref<Sr> storage, Identity identity, long length)
            throws IOException, InterruptedException {
        var query = new Query("/import").with("sr_id", storage).with("restore", identity == Identity.RESTORED);
        return streams.put("import of a VM", query, length, Imports::refs);
    }

    /// A VM's description, of which the disks are in the pool already.
    ///
    /// @param disks uuids of disks in the description, and of those that take their place. Some eight fit
    /// @throws io.xenolith.source.xapi.http.RequestTooLargeException with too many of them
    public List<Ref<Vm>> metadata(byte[] tar, Identity identity, Map<String, String> disks)
            throws IOException, InterruptedException {
        var query = new Query("/import_metadata").with("restore", identity == Identity.RESTORED);
        for (var disk : disks.entrySet()) {
            query = query.with("vdi:" + disk.getKey(), disk.getValue());
        }
        try (var upload = streams.put("import of a VM's description", query, tar.length, Imports::<Vm>refs)) {
            upload.write(tar);
            return upload.finish();
        }
    }

    /// A whole disk into one that is there and not attached.
    ///
    /// @param length in bytes, exactly: of the disk for raw, of the stream for VHD. VHD writes no zeros, so the disk
    ///     must be new
    public Upload<Ref<Vdi>> rawVdi(Ref<Vdi> vdi, DiskFormat format, long length)
            throws IOException, InterruptedException {
        if (length < 0) {
            throw new IllegalArgumentException("a disk is imported with its exact length, not with " + length);
        }
        return streams.put("import of a disk", rawVdiQuery(vdi, format), length, Imports::ref);
    }

    /// Pieces of a disk into one that is there and not attached.
    public SparseUpload sparseVdi(Ref<Vdi> vdi) throws IOException, InterruptedException {
        var query = rawVdiQuery(vdi, DiskFormat.RAW).with("chunked", true);
        return new SparseUpload(streams.put("import of pieces of a disk", query, UNKNOWN_LENGTH, Imports::ref));
    }

    private static Query rawVdiQuery(Ref<Vdi> vdi, DiskFormat format) {
        return new Query("/import_raw_vdi").with("vdi", vdi).with("format", format.parameter());
    }

    private static <T> Ref<T> ref(Value result) throws IOException {
        return new Ref<>(result.text());
    }

    private static <T> List<Ref<T>> refs(Value result) throws IOException {
        return result.texts().stream().map(Ref<T>::new).toList();
    }
}
