package io.xenolith.source.vm.restore;

import io.xenolith.engine.disk.DiskBlocks;
import io.xenolith.source.vm.description.OvaEdit;
import io.xenolith.source.vm.description.ToolstackVersion;
import io.xenolith.source.xva.NewDisk;
import io.xenolith.source.xva.Ova;
import io.xenolith.source.xva.XvaFormat;
import io.xenolith.source.xva.XvaWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/// A machine of a restore point as XVA, its length known beforehand. For a file, or for an import as one stream.
public final class StoredXva {
    private final byte[] ovaXml;
    private final List<Content> contents;

    /// A disk, and which of its chunks are stored.
    private record Content(String ref, StoredDisk disk, DiskBlocks chunks) {
    }

    private StoredXva(byte[] ovaXml, List<Content> contents) {
        this.ovaXml = ovaXml;
        this.contents = contents;
    }

    /// The machine with all its disks, from whatever describes it.
    ///
    /// @param hardware where nothing does
    /// @param claimed  the toolstack that it is to claim, so that an older host takes it
    public static StoredXva of(StoredVm vm, RestoreRequest.Hardware hardware, Optional<ToolstackVersion> claimed)
            throws IOException {
        var source = SourceDocument.of(vm, vm.disks(), hardware);
        var sizes = new LinkedHashMap<String, Long>();
        var byPosition = new LinkedHashMap<String, StoredDisk>();
        for (var disk : vm.disks()) {
            var position = source.positions().get(disk.name());
            sizes.put(position, NewDisk.sizeFor(disk.size()));
            byPosition.put(position, disk);
        }
        var uuid = vm.uuid().orElseGet(() -> UUID.randomUUID().toString());
        return of(new OvaEdit(uuid, vm.name(), vm.template(), sizes, claimed).apply(source.ova()).encode(), byPosition);
    }

    /// @param ovaXml of exactly these disks
    /// @param disks  by position
    static StoredXva of(byte[] ovaXml, Map<String, StoredDisk> disks) throws IOException {
        var contents = new ArrayList<Content>();
        for (var disk : Ova.parse(ovaXml).streamedDisks()) {
            var stored = disks.get(disk.userdevice());
            contents.add(new Content(disk.ref(), stored, chunks(stored, disk.size())));
        }
        return new StoredXva(ovaXml, contents);
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

    /// How long it is in bytes, unless it is compressed.
    public long length() {
        return XvaWriter.archiveBytes(ovaXml.length, contents.stream().map(Content::chunks).toList());
    }

    /// Writes it, and closes `out`.
    public void writeTo(OutputStream out, XvaFormat format) throws IOException, InterruptedException {
        try (var xva = XvaWriter.open(out, ovaXml, format)) {
            for (var content : contents) {
                try (var target = xva.disk(content.ref(), content.chunks())) {
                    content.disk().write(target);
                    target.commit();
                }
            }
            xva.finish();
        }
    }
}
