package io.xenolith.source.qcow2;

import io.xenolith.engine.disk.DeltaStream;
import io.xenolith.engine.disk.DiskBlocks;
import io.xenolith.engine.disk.Extent;
import io.xenolith.engine.disk.Extents;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;

/// What an image holds itself, cluster by cluster. For use by one thread at a time.
final class ImageDelta implements DeltaStream {
    private static final int MIN_BLOCK_BYTES = 1 << 16; // smaller clusters are told to the byte by read()

    private final Qcow2Image image;
    private final DiskBlocks touched;

    private ImageDelta(Qcow2Image image, DiskBlocks touched) {
        this.image = image;
        this.touched = touched;
    }

    static ImageDelta of(Qcow2Image image) throws IOException {
        int blockBytes = blockBytes(image.clusterBytes());
        requireCountable(image.name(), image.size(), blockBytes);
        var touched = new DiskBlocks(image.size(), blockBytes);
        var map = image.map();
        for (int table = 0; table < map.tables(); table++) {
            long end = map.firstCluster(table) + (map.has(table) ? map.clustersOf(table) : 0);
            for (long cluster = map.firstCluster(table); cluster < end; cluster++) {
                if (!(map.at(cluster) instanceof Mapping.Hole)) {
                    touched.add((int) (cluster * image.clusterBytes() / blockBytes));
                }
            }
        }
        return new ImageDelta(image, touched);
    }

    static int blockBytes(int clusterBytes) {
        return Math.max(clusterBytes, MIN_BLOCK_BYTES);
    }

    static void requireCountable(String image, long diskBytes, int blockBytes) throws Qcow2Exception {
        if (diskBytes / blockBytes >= Integer.MAX_VALUE) {
            throw Qcow2Exception.unsupported(image, "holds a disk of %d bytes in clusters of %d bytes or less, too many to"
                    .formatted(diskBytes, blockBytes) + " read it as a delta");
        }
    }

    @Override
    public long size() {
        return image.size();
    }

    @Override
    public DiskBlocks touched() {
        return touched;
    }

    @Override
    public Extents read(Extent region, byte[] target) throws IOException {
        var changed = new ArrayList<Extent>();
        for (var extent : touched.within(region)) {
            for (long at = extent.offset(); at < extent.end();) {
                int inside = (int) (at % image.clusterBytes());
                var part = new Extent(at, Math.min(extent.end() - at, image.clusterBytes() - inside));
                var bytes = ByteBuffer.wrap(target, (int) (at - region.offset()), (int) part.length());
                if (read(image.map().at(at / image.clusterBytes()), inside, bytes)) {
                    changed.add(part);
                }
                at = part.end();
            }
        }
        return Extents.of(changed);
    }

    /// Returns whether the image holds the cluster.
    private boolean read(Mapping place, int inside, ByteBuffer target) throws IOException {
        switch (place) {
            case Mapping.Hole _ -> {
                return false;
            }
            case Mapping.Zeros _ -> ImageDisk.putZeros(target);
            case Mapping.Plain plain -> image.readPlain(plain, inside, target);
            case Mapping.Packed packed -> image.readPacked(packed, inside, target);
        }
        return true;
    }

    @Override
    public void close() throws IOException {
        image.close();
    }
}
