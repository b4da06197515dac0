package io.xenolith.bench;

import io.xenolith.engine.chunk.Chunking;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/// What a disk's bytes cost when nothing is done but what must be: the parts that the pipeline is compared with, over the
/// same data in frames of 1 MiB, by as many threads. Holes (blocks of 64 KiB) cost nothing. For use by one thread, which
/// waits for the others.
final class BareDisk implements AutoCloseable {

    private final byte[] data;
    private final boolean encrypted;
    private final List<BareTools> hands;
    private final ExecutorService threads;
    private final List<Frame> frames = new ArrayList<>();
    private final byte[] restored;

    private record Frame(byte[] compressed, int rawLength) {
    }

    /// Work on `[offset, offset + length)` of the data.
    private interface Part {
        long run(BareTools tools, int frame, int offset, int length) throws GeneralSecurityException;
    }

    /// @param encrypted whether ids are keyed and frames sealed
    BareDisk(byte[] disk, int workers, boolean encrypted) {
        this.data = withoutHoles(disk);
        this.encrypted = encrypted;
        this.hands = Stream.generate(BareTools::new).limit(workers).toList();
        this.threads = Executors.newFixedThreadPool(workers);
        this.restored = new byte[data.length];
        for (int at = 0; at < data.length; at += BareTools.FRAME_BYTES) {
            frames.add(freeze(at, Math.min(BareTools.FRAME_BYTES, data.length - at)));
        }
    }

    private static byte[] withoutHoles(byte[] disk) {
        var kept = new byte[disk.length];
        int length = 0;
        for (int at = 0; at < disk.length; at += Chunking.BLOCK_BYTES) {
            int block = Math.min(Chunking.BLOCK_BYTES, disk.length - at);
            if (!Chunking.isZero(disk, at, block)) {
                System.arraycopy(disk, at, kept, length, block);
                length += block;
            }
        }
        return Arrays.copyOf(kept, length);
    }

    private Frame freeze(int at, int length) {
        int packed = hands.getFirst().zstd(data, at, length);
        return new Frame(Arrays.copyOf(hands.getFirst().compressed(), packed), length);
    }

    /// Bytes that are no holes.
    int length() {
        return data.length;
    }

    /// Digests alone: of `bytes` of the data.
    long hash(long bytes) throws Exception {
        return each(bytes, this::hash);
    }

    /// What a first full cannot do without: digests, compression and, if encrypted, sealing.
    long store(long bytes) throws Exception {
        return each(bytes, (tools, frame, offset, length) -> {
            hash(tools, frame, offset, length);
            int packed = tools.zstd(data, offset, length);
            return encrypted ? tools.seal(tools.compressed(), 0, packed) : packed;
        });
    }

    /// What a restore cannot do without: decompression; behind opening, which proves the bytes, or before digests.
    long restore() throws Exception {
        return each(data.length, (tools, frame, offset, length) ->
                thaw(tools, frame, offset) + (encrypted ? 0 : hash(tools, restored, offset, length)));
    }

    /// What verifying cannot do without: opening if encrypted, decompression, digests.
    long verify() throws Exception {
        return each(data.length, (tools, frame, offset, length) ->
                thaw(tools, frame, offset) + hash(tools, restored, offset, length));
    }

    private long hash(BareTools tools, int frame, int offset, int length) throws GeneralSecurityException {
        return hash(tools, data, offset, length);
    }

    private long hash(BareTools tools, byte[] bytes, int offset, int length) throws GeneralSecurityException {
        return encrypted ? tools.hmac(bytes, offset, length)[0] : tools.sha256(bytes, offset, length)[0];
    }

    private long thaw(BareTools tools, int number, int offset) throws GeneralSecurityException {
        var frame = frames.get(number);
        int opened = encrypted ? tools.seal(frame.compressed, 0, frame.compressed.length) : 0; // see there
        return opened + tools.unzstd(frame.compressed, 0, frame.compressed.length, restored, offset, frame.rawLength);
    }

    /// Frames are handed out one by one, so that no thread waits for another but at the end.
    private long each(long bytes, Part part) throws Exception {
        var next = new AtomicInteger();
        int count = (int) ((bytes + BareTools.FRAME_BYTES - 1) / BareTools.FRAME_BYTES);
        var work = new ArrayList<Callable<Long>>();
        for (var tools : hands) {
            work.add(() -> {
                long sum = 0;
                for (int i = next.getAndIncrement(); i < count; i = next.getAndIncrement()) {
                    int frame = i % frames.size();
                    int length = (int) Math.min(frames.get(frame).rawLength, bytes - (long) i * BareTools.FRAME_BYTES);
                    sum += part.run(tools, frame, frame * BareTools.FRAME_BYTES, length);
                }
                return sum;
            });
        }
        long sum = 0;
        for (var done : threads.invokeAll(work)) {
            sum += done.get();
        }
        return sum;
    }

    @Override
    public void close() {
        threads.close();
        hands.forEach(BareTools::close);
    }
}
