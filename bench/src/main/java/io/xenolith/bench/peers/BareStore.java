package io.xenolith.bench.peers;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;

/// `BareStore IMAGE UNIQUE DATA` reads an image, computes SHA-256 of its data by 64 KiB, and compresses as many bytes as a first
/// full found unique, by zstd level 3 and 1 MiB, with all processors: the least work that a first full is. Which bytes are
/// unique it does not find out; it takes them evenly from the image's DATA bytes, so that they are of the same kinds.
public final class BareStore {

    private static final int LEVEL = 3;

    private BareStore() {
    }

    public static void main(String[] arguments) throws IOException, InterruptedException {
        var image = Path.of(arguments[0]);
        long unique = Long.parseLong(arguments[1]);
        long data = Long.parseLong(arguments[2]);
        var seen = new AtomicLong();
        var compressed = new AtomicLong();
        BareImage.each(image, () -> {
            var digest = BareHash.sha256();
            var zstd = new ZstdCompressCtx().setLevel(LEVEL);
            var target = new byte[(int) Zstd.compressBound(BareImage.PIECE_BYTES)];
            return (piece, length) -> {
                BareHash.hash(digest, piece, length);
                double due = (double) unique * seen.addAndGet(length) / Math.max(1, data);
                if (compressed.get() + length / 2 <= due) {
                    compressed.addAndGet(length);
                    zstd.compressByteArray(target, 0, target.length, piece, 0, length);
                }
            };
        });
        System.out.println(compressed.get());
    }
}
