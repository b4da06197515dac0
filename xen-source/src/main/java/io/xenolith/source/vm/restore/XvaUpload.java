package io.xenolith.source.vm.restore;

import io.xenolith.engine.disk.DiskBlocks;
import io.xenolith.source.xapi.Imports;
import io.xenolith.source.xapi.Xapi;
import io.xenolith.source.xapi.records.ApiVersion;
import io.xenolith.source.xapi.records.Host;
import io.xenolith.source.xapi.records.Ref;
import io.xenolith.source.xapi.records.Sr;
import io.xenolith.source.xapi.records.Vm;
import io.xenolith.source.xva.ChunkChecksum;
import io.xenolith.source.xva.Compression;
import io.xenolith.source.xva.Ova;
import io.xenolith.source.xva.XvaFormat;
import io.xenolith.source.xva.XvaWriter;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// Sends a VM with its disks as one stream.
final class XvaUpload {
    private final Xapi xapi;
    private final RestorePlan plan;
    private final Sent sent;

    XvaUpload(Xapi xapi, RestorePlan plan, Sent sent) {
        this.xapi = xapi;
        this.plan = plan;
        this.sent = sent;
    }

    /// @return what it made
    List<Ref<Vm>> upload(byte[] ovaXml, Ref<Sr> storage, Imports.Identity identity)
            throws IOException, InterruptedException {
        var disks = new ArrayList<StoredDisk>();
        var chunks = new ArrayList<DiskBlocks>();
        for (var disk : Ova.parse(ovaXml).streamedDisks()) {
            var stored = stored(disk.userdevice());
            disks.add(stored);
            chunks.add(chunks(stored, disk.size()));
        }
        long length = XvaWriter.archiveBytes(ovaXml.length, chunks);
        sent.expect(length);
        try (var upload = xapi.imports().vm(storage, identity, length)) {
            try (var xva = XvaWriter.open(sent.counting(upload), ovaXml, format())) {
                for (int i = 0; i < disks.size(); i++) {
                    try (var target = xva.disk(xva.ova().streamedDisks().get(i).ref(), chunks.get(i))) {
                        disks.get(i).write(target);
                        target.commit();
                    }
                }
                xva.finish();
            }
            return upload.finish();
        }
    }

    private StoredDisk stored(String position) {
        return plan.disks().stream().filter(disk -> disk.position().equals(position)).findFirst().orElseThrow().stored();
    }

    /// @param size of the disk in whole sectors
    private static DiskBlocks chunks(StoredDisk disk, long size) throws IOException {
        var chunks = XvaWriter.noChunks(size);
        var stored = disk.blocks(chunks.blockBytes());
        for (int chunk = stored.next(0); chunk >= 0; chunk = stored.next(chunk + 1)) {
            chunks.add(chunk);
        }
        return chunks;
    }

    private XvaFormat format() throws IOException, InterruptedException {
        var host = xapi.hosts().get(xapi.pools().only().master());
        return new XvaFormat(Compression.NONE, readsXxhash(host) ? ChunkChecksum.XXHASH : ChunkChecksum.SHA1);
    }

    /// From 8.1 on, which is version 2.14 of the API.
    private static boolean readsXxhash(Host host) {
        return host.api().compareTo(new ApiVersion(2, 14)) >= 0;
    }
}
