package io.xenolith.source.qcow2;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.xenolith.engine.Seed;
import io.xenolith.engine.SeedExtension;
import io.xenolith.engine.disk.DiskTarget;
import io.xenolith.source.raw.SparseFileTarget;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(SeedExtension.class)
class CompressedFileTest {
    private static final int CLUSTER = Qcow2Layout.CLUSTER_BYTES;
    private static final int CLUSTERS = 40_000; // 2.4 GiB: two refcount blocks and five L2 tables

    @TempDir
    Path directory;

    @Test
    void refcountsAndTablesAreRightWhereTheSecondRefcountBlockBegins(Seed seed) throws IOException {
        var random = seed.random();
        // given clusters of all lengths, of which only a few get as far as the file
        var bulk = IntStream.range(0, 20).mapToObj(i -> new byte[CLUSTER - 1 - i * 276]).toList();
        var plain = new byte[CLUSTER];
        var told = new byte[CLUSTER];
        Arrays.fill(told, (byte) 'x');
        var toldPacked = Qcow2Compression.DEFLATE.compress(told);
        var toldAt = new ArrayList<Integer>();
        var image = directory.resolve("image");
        long diskBytes = (long) CLUSTERS * CLUSTER;
        var target = SparseFileTarget.create(image, CompressedFile.maxBytes(diskBytes), false);
        // when they are written, some left out
        var unfilled = new Unfilled(target, bytes -> bytes == plain || bulk.contains(bytes));
        try (var file = new CompressedFile(unfilled, diskBytes, Qcow2Compression.DEFLATE)) {
            for (int i = 0; i < CLUSTERS; i++) {
                int kind = random.nextInt(1000);
                if (kind == 0 || i > CLUSTERS - 3) {
                    file.add(i, toldPacked);
                    toldAt.add(i);
                } else if (kind < 500) {
                    file.add(i, plain);
                } else if (kind < 990) {
                    file.add(i, bulk.get(random.nextInt(bulk.size())));
                }
            }
            file.finish();
            assertTrue(file.bytes() > (long) Qcow2Layout.REFCOUNTS * CLUSTER, file.bytes() + " bytes");
            assertTrue(file.bytes() <= CompressedFile.maxBytes(diskBytes));
        }
        // then qemu finds no fault, and the few are where they belong
        Qemu.assertClean(image);
        try (var whole = Qcow2Image.open(image).whole()) {
            for (int i : toldAt) {
                var found = new byte[CLUSTER];
                whole.read((long) i * CLUSTER, ByteBuffer.wrap(found));
                assertArrayEquals(told, found);
            }
        }
    }

    /// Leaves out what there is too much of.
    private record Unfilled(DiskTarget file, Predicate<byte[]> leftOut) implements DiskTarget {

        @Override
        public boolean sequential() {
            return false;
        }

        @Override
        public boolean needsZeros() {
            return false;
        }

        @Override
        public void write(long offset, ByteBuffer bytes) throws IOException {
            if (!leftOut.test(bytes.array())) {
                file.write(offset, bytes);
            }
        }

        @Override
        public void commit() throws IOException {
            file.commit();
        }

        @Override
        public void close() throws IOException {
            file.close();
        }
    }
}
