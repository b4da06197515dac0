package io.xenolith.cli.serve;

import io.xenolith.cli.Closer;
import io.xenolith.nbd.server.Export;
import io.xenolith.nbd.server.ExportListing;
import io.xenolith.nbd.server.Exports;
import io.xenolith.source.overlay.OverlayDisk;
import io.xenolith.source.overlay.ScratchSpace;
import java.io.Closeable;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The disks of one point, to be written to: one overlay for each disk, shared by all connections.
final class OverlayExports implements Exports, Closeable {

    private final Offer.Chosen offer;
    private final OpenDisks open;
    private final Map<ServedDisk, OverlayDisk> overlays = new LinkedHashMap<>();
    private final Closer closer = new Closer();

    private OverlayExports(Offer.Chosen offer, OpenDisks open) {
        this.offer = offer;
        this.open = open;
    }

    /// Lays an overlay over each disk.
    static OverlayExports over(Offer.Chosen offer, OpenDisks open, ScratchSpace scratch) throws IOException {
        var exports = new OverlayExports(offer, open);
        try {
            for (var served : offer.disks()) {
                exports.overlays.put(served, exports.closer.add(OverlayDisk.over(open.open(served), scratch)));
            }
            return exports;
        } catch (Throwable e) {
            exports.close();
            throw e;
        }
    }

    /// The disks as they are written to.
    Map<ServedDisk, OverlayDisk> overlays() {
        return overlays;
    }

    @Override
    public List<ExportListing> list() {
        return PointExports.listings(offer.disks());
    }

    @Override
    public Optional<Export> open(String name) throws IOException {
        return PointExports.find(offer, name).map(served -> new OverlayExport(served, overlays.get(served), open));
    }

    @Override
    public void close() throws IOException {
        closer.close();
    }
}
