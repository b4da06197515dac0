package io.xenolith.source.qcow2;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

/// How the clusters of a compressed image are packed, each for itself. Safe for use by several threads.
public enum Qcow2Compression {
    /// Deflate without a zlib header, which every reader of qcow2 knows.
    DEFLATE {
        @Override
        byte[] compress(byte[] cluster) {
            var deflater = new Deflater(Deflater.DEFAULT_COMPRESSION, true);
            try {
                return deflate(deflater, cluster);
            } finally {
                deflater.end();
            }
        }

        @Override
        void decompress(byte[] packed, byte[] cluster) throws IOException {
            var inflater = new Inflater(true);
            try {
                inflater.setInput(packed);
                int count = 0;
                while (count < cluster.length) {
                    int more = inflater.inflate(cluster, count, cluster.length - count);
                    requireProgress(more, count, cluster);
                    count += more;
                }
            } catch (DataFormatException e) {
                throw new IOException("it is not deflate: " + e.getMessage(), e);
            } finally {
                inflater.end();
            }
        }
    },
    /// Zstandard, which packs better and faster; qemu reads it from version 5.1 on, hosts do not import it.
    ZSTD {
        @Override
        byte[] compress(byte[] cluster) {
            var packed = Zstd.compress(cluster, ZSTD_LEVEL);
            return packed.length < cluster.length ? packed : null;
        }

        @Override
        void decompress(byte[] packed, byte[] cluster) throws IOException {
            try (var in = new ZstdInputStreamNoFinalizer(new ByteArrayInputStream(packed))) {
                in.setLongMax(MAX_ZSTD_WINDOW_LOG);
                int count = 0;
                while (count < cluster.length) {
                    int more = in.read(cluster, count, cluster.length - count);
                    requireProgress(more, count, cluster);
                    count += more;
                }
            }
        }
    };

    private static final int ZSTD_LEVEL = 3;
    private static final int MAX_ZSTD_WINDOW_LOG = 23; // bounds the memory; no cluster is longer than 2^21 bytes

    // Readers may keep only the last 4 KiB of what they unpacked (qemu asks zlib for a window of 2^12), but this
    // deflater looks back over 32 KiB. A full flush makes it forget what lies behind it.
    private static final int WINDOW_BYTES = 1 << 12;

    /// Packs one cluster.
    ///
    /// @return null if that would not make it shorter
    abstract byte[] compress(byte[] cluster);

    /// Fills `cluster` from what `packed` begins with; what follows in `packed` is ignored.
    ///
    /// @throws IOException if it holds less than a cluster, or is not compressed this way
    abstract void decompress(byte[] packed, byte[] cluster) throws IOException;

    private static byte[] deflate(Deflater deflater, byte[] cluster) {
        var packed = new byte[cluster.length - 1];
        int count = 0;
        for (int from = 0; from < cluster.length; from += WINDOW_BYTES) {
            deflater.setInput(cluster, from, WINDOW_BYTES);
            boolean last = from + WINDOW_BYTES == cluster.length;
            if (last) {
                deflater.finish();
            }
            count += deflater.deflate(packed, count, packed.length - count,
                    last ? Deflater.NO_FLUSH : Deflater.FULL_FLUSH);
            if (count == packed.length) {
                return null;
            }
        }
        return Arrays.copyOf(packed, count);
    }

    private static void requireProgress(int more, int count, byte[] cluster) throws IOException {
        if (more <= 0) {
            throw new IOException("it ends after %d of %d bytes".formatted(count, cluster.length));
        }
    }
}
