package io.xenolith.source.vm;

import io.xenolith.engine.disk.DeltaStream;
import io.xenolith.engine.disk.DiskBlocks;
import io.xenolith.engine.disk.DiskSource;
import io.xenolith.engine.disk.DiskStream;
import io.xenolith.engine.disk.Extent;
import io.xenolith.engine.disk.Extents;
import java.io.IOException;
import java.nio.ByteBuffer;

/// Lets failures of a disk in the pool be told from those of the repository it is read into.
final class Guarded {

    private Guarded() {
    }

    private interface Step<T> {
        T run() throws IOException;
    }

    private static <T> T guard(Step<T> step) throws SourceFailedException {
        try {
            return step.run();
        } catch (IOException e) {
            throw new SourceFailedException(e);
        }
    }

    record Source(DiskSource disk) implements DiskSource {
        @Override
        public long size() {
            return disk.size();
        }

        @Override
        public void read(long offset, ByteBuffer target) throws IOException {
            guard(() -> {
                disk.read(offset, target);
                return null;
            });
        }

        @Override
        public Extents allocated(Extent extent) throws IOException {
            return guard(() -> disk.allocated(extent));
        }

        @Override
        public void close() throws IOException {
            disk.close();
        }
    }

    record Stream(DiskStream disk) implements DiskStream {
        @Override
        public void read(ByteBuffer target) throws IOException {
            guard(() -> {
                disk.read(target);
                return null;
            });
        }

        @Override
        public long skipZeros(long limit) throws IOException {
            return guard(() -> disk.skipZeros(limit));
        }

        @Override
        public void close() throws IOException {
            disk.close();
        }
    }

    record Delta(DeltaStream disk) implements DeltaStream {
        @Override
        public long size() {
            return disk.size();
        }

        @Override
        public DiskBlocks touched() {
            return disk.touched();
        }

        @Override
        public Extents read(Extent region, byte[] target) throws IOException {
            return guard(() -> disk.read(region, target));
        }

        @Override
        public void close() throws IOException {
            disk.close();
        }
    }
}
