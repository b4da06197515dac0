package io.xenolith.source.xapi;

import io.xenolith.source.xapi.records.Host;
import io.xenolith.source.xapi.records.Ref;
import io.xenolith.source.xapi.records.Vdi;
import io.xenolith.source.xapi.records.Vm;
import java.io.IOException;
import java.util.Optional;

/// Streams out of a pool. Each is open from the first answer on, and belongs to its caller, who closes it.
public final class Exports {
    private static final int MAX_METADATA_BYTES = 64 << 20; // a VM's takes tens of KiB

    private final Streams streams;

    Exports(Streams streams) {
        this.streams = streams;
    }

    /// How a VM's export is compressed, in the control domain of the host, which has better things to do.
    public enum Compression { NONE, GZIP, ZSTD }

    /// A VM with its disks, as XVA. It must be halted, suspended or a snapshot; a snapshot comes back as a template.
    ///
    /// @param compression zstd from 8.1 on; a host that does not know it does not compress, and does not say so
    public Download vm(Ref<Vm> vm, Compression compression) throws IOException, InterruptedException {
        var query = new Query("/export").with("ref", vm);
        return streams.get("export of a VM", switch (compression) {
            case NONE -> query;
            case GZIP -> query.with("use_compression", "gzip");
            case ZSTD -> query.with("use_compression", "zstd");
        });
    }

    /// A VM's description without disks and snapshots: a tar with `ova.xml`. The only way to the content of a virtual
    /// TPM, and as secret as that.
    public byte[] metadata(Ref<Vm> vm) throws IOException, InterruptedException {
        var query = new Query("/export_metadata").with("ref", vm).with("export_snapshots", false);
        try (var in = streams.get("export of a VM's description", query)) {
            var tar = in.readNBytes(MAX_METADATA_BYTES + 1);
            if (tar.length > MAX_METADATA_BYTES) {
                throw new IOException("a description of a VM of more than %d bytes".formatted(MAX_METADATA_BYTES));
            }
            in.finish();
            return tar;
        }
    }

    /// A whole disk. It may not be attached for writing anywhere.
    public Download rawVdi(Ref<Vdi> vdi, DiskFormat format) throws IOException, InterruptedException {
        return streams.get("export of a disk", rawVdiQuery(vdi, format));
    }

    /// What a disk has that `base`, an older one with data in the same chain, has not, in blocks of 2 MiB as a
    /// differencing VHD.
    public Download rawVdiSince(Ref<Vdi> base, Ref<Vdi> vdi) throws IOException, InterruptedException {
        return streams.get("export of changes of a disk", rawVdiQuery(vdi, DiskFormat.VHD).with("base", base));
    }

    private static Query rawVdiQuery(Ref<Vdi> vdi, DiskFormat format) {
        return new Query("/export_raw_vdi").with("vdi", vdi).with("format", format.parameter());
    }

    /// A host's own configuration and files, as a compressed archive; large. For the role pool-admin.
    ///
    /// @param host whose backup it is; only that host sends it
    public Download host(Host host) throws IOException, InterruptedException {
        return streams.get("backup of a host", new Query("/host_backup"), Optional.of(host.address()));
    }

    /// The pool's database as XML; holds the credentials of its storage. For the role pool-admin.
    public Download poolDatabase() throws IOException, InterruptedException {
        return streams.get("export of the pool's database", new Query("/pool/xmldbdump"));
    }
}
