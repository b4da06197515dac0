package io.xenolith.source.qcow2;

import io.xenolith.engine.disk.DiskSource;
import io.xenolith.engine.disk.Extent;
import io.xenolith.engine.disk.Extents;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Optional;

/// The whole disk of an image, laid over its base if it has one. Safe for use by several threads.
final class ImageDisk implements DiskSource {
    private static final byte[] ZEROS = new byte[1 << 16];
    private static final int MAX_EXTENTS = 1 << 16; // in one answer; bounds the memory

    private final Qcow2Image image;
    private final Optional<DiskSource> base;

    ImageDisk(Qcow2Image image, Optional<DiskSource> base) {
        this.image = image;
        this.base = base;
    }

    @Override
    public long size() {
        return image.size();
    }

    @Override
    public void read(long offset, ByteBuffer target) throws IOException {
        image.requireInside(offset, target.remaining());
        int limit = target.limit();
        long at = offset;
        while (target.position() < limit) {
            int inside = (int) (at % image.clusterBytes());
            int length = Math.min(limit - target.position(), image.clusterBytes() - inside);
            target.limit(target.position() + length);
            switch (image.map().at(at / image.clusterBytes())) {
                case Mapping.Hole _ -> readBase(at, target);
                case Mapping.Zeros _ -> putZeros(target);
                case Mapping.Plain place -> image.readPlain(place, inside, target);
                case Mapping.Packed place -> image.readPacked(place, inside, target);
            }
            target.limit(limit);
            at += length;
        }
    }

    private void readBase(long offset, ByteBuffer target) throws IOException {
        int limit = target.limit();
        long left = base.isEmpty() ? 0 : Math.max(0, base.get().size() - offset);
        if (left > 0) {
            target.limit((int) Math.min(limit, target.position() + left));
            base.get().read(offset, target);
            target.limit(limit);
        }
        putZeros(target);
    }

    static void putZeros(ByteBuffer target) {
        while (target.hasRemaining()) {
            target.put(ZEROS, 0, Math.min(ZEROS.length, target.remaining()));
        }
    }

    /// As the L2 tables say, and below them the base.
    @Override
    public Extents allocated(Extent extent) throws IOException {
        var found = new ArrayList<Extent>();
        long at = extent.offset();
        while (at < extent.end() && found.size() < MAX_EXTENTS) {
            long cluster = at / image.clusterBytes();
            var part = Extent.between(at,
                    Math.min(extent.end(), image.map().nextToAsk(cluster) * image.clusterBytes()));
            switch (image.map().at(cluster)) {
                case Mapping.Hole _ -> baseAllocated(part).forEach(found::add);
                case Mapping.Zeros _ -> { }
                case Mapping.Plain _, Mapping.Packed _ -> found.add(part);
            }
            at = part.end();
        }
        if (at < extent.end()) {
            found.add(Extent.between(at, extent.end())); // too fragmented to say more
        }
        return Extents.of(found);
    }

    private Extents baseAllocated(Extent part) throws IOException {
        if (base.isEmpty() || base.get().size() <= part.offset()) {
            return Extents.NONE;
        }
        return base.get().allocated(Extent.between(part.offset(), Math.min(part.end(), base.get().size())));
    }

    @Override
    public void close() throws IOException {
        try (image) {
            if (base.isPresent()) {
                base.get().close();
            }
        }
    }

    @Override
    public String toString() {
        return image.toString();
    }
}
