package io.xenolith.source.vm;

import io.xenolith.engine.disk.DeltaStream;
import io.xenolith.engine.disk.DiskBlocks;
import io.xenolith.engine.disk.DiskStream;
import io.xenolith.engine.disk.Extent;
import io.xenolith.engine.disk.Extents;
import io.xenolith.source.raw.RawStream;
import io.xenolith.source.vhd.DifferencingVhd;
import io.xenolith.source.vhd.DynamicVhdStream;
import io.xenolith.source.vhd.FixedVhdStream;
import io.xenolith.source.vhd.VhdStream;
import io.xenolith.source.xapi.Download;
import java.io.EOFException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.file.Path;

/// Disks that a host sends, made whole: a host ends a stream that failed like one that is done, and rounds the sizes of VHDs
/// up. So the bytes are counted against the size that the pool tells, and the host has to say that it sent everything.
final class ExportedDisk {

    private static final long MAX_ROUNDING = 4 << 20; // hosts round up to blocks of 2 MiB

    private ExportedDisk() {
    }

    /// A whole disk of `size` bytes, as it is.
    static DiskStream raw(Download download, long size) {
        return new Counted(download, new RawStream(download), size);
    }

    /// A whole disk of `size` bytes, in a VHD.
    ///
    /// @param what for messages
    static DiskStream vhd(String what, Download download, long size, Path scratch) throws IOException {
        return switch (VhdStream.open(what, Channels.newChannel(download), scratch)) {
            case DynamicVhdStream vhd -> new Counted(download, vhd, size);
            case FixedVhdStream vhd -> new Counted(download, vhd, size);
            case DifferencingVhd _ -> throw new IOException(what + " was to be a whole disk, but the host sent changes only");
        };
    }

    /// What changed on a disk of `size` bytes.
    ///
    /// @param what for messages
    static DeltaStream delta(String what, Download download, long size, Path scratch) throws IOException {
        if (VhdStream.open(what, Channels.newChannel(download), scratch) instanceof DifferencingVhd vhd) {
            return new Changes(download, vhd, size);
        }
        throw new IOException(what + " was to hold changes only, but the host sent a whole disk");
    }

    private static void finish(Download download) throws IOException {
        try {
            download.finish();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw (IOException) new InterruptedIOException("interrupted while a host ended its export").initCause(e);
        }
    }

    private static final class Counted implements DiskStream {
        private final Download download;
        private final DiskStream stream;
        private final long size;
        private long position;
        private boolean finished;

        Counted(Download download, DiskStream stream, long size) {
            this.download = download;
            this.stream = stream;
            this.size = size;
        }

        @Override
        public void read(ByteBuffer target) throws IOException {
            int length = (int) Math.min(target.remaining(), size - position);
            int limit = target.limit();
            target.limit(target.position() + length);
            stream.read(target);
            if (target.hasRemaining()) {
                throw new EOFException("the host sent %d of %d bytes and ended as if that were all"
                        .formatted(position + length - target.remaining(), size));
            }
            target.limit(limit);
            advance(length);
        }

        @Override
        public long skipZeros(long limit) throws IOException {
            long zeros = stream.skipZeros(Math.min(limit, size - position));
            advance(zeros);
            return zeros;
        }

        private void advance(long length) throws IOException {
            position += length;
            if (position == size && !finished) {
                finished = true;
                passRounding();
                finish(download);
            }
        }

        /// What a VHD has beyond the disk's size.
        private void passRounding() throws IOException {
            var rest = ByteBuffer.allocate(64 << 10);
            long passed = 0;
            do {
                passed += stream.skipZeros(Long.MAX_VALUE);
                stream.read(rest.clear());
                passed += rest.position();
            } while (!rest.hasRemaining() && passed < MAX_ROUNDING);
            if (passed >= MAX_ROUNDING) {
                throw new IOException("the host sent more than the %d bytes that the disk has".formatted(size));
            }
        }

        @Override
        public void close() throws IOException {
            stream.close();
        }
    }

    private static final class Changes implements DeltaStream {
        private final Download download;
        private final DifferencingVhd vhd;
        private final DiskBlocks touched;
        private final long touchedEnd;
        private boolean finished;

        Changes(Download download, DifferencingVhd vhd, long size) throws IOException {
            this.download = download;
            this.vhd = vhd;
            this.touched = new DiskBlocks(size, vhd.touched().blockBytes());
            long end = 0;
            for (int block = vhd.touched().next(0); block >= 0 && block < touched.onDisk(); block = vhd.touched().next(block + 1)) {
                touched.add(block);
                end = touched.extent(block).end();
            }
            this.touchedEnd = end;
            finishAt(0);
        }

        @Override
        public long size() {
            return touched.size();
        }

        @Override
        public DiskBlocks touched() {
            return touched;
        }

        @Override
        public Extents read(Extent region, byte[] target) throws IOException {
            var changed = vhd.read(region, target).within(0, size());
            finishAt(region.end());
            return changed;
        }

        private void finishAt(long offset) throws IOException {
            if (offset >= touchedEnd && !finished) {
                finished = true;
                finish(download);
            }
        }

        @Override
        public void close() throws IOException {
            vhd.close();
        }
    }
}
