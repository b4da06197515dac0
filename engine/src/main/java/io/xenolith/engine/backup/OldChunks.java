package io.xenolith.engine.backup;

import io.xenolith.engine.map.MapChunk;
import io.xenolith.engine.store.ChunkSource;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;

/// The chunks that a region had in the base, and their bytes. For use by one thread.
final class OldChunks {

    private final List<MapChunk> chunks;
    private final ChunkSource stored;

    /// The chunk whose bytes are at hand, since blocks of it are asked for one after the other; null at first.
    private MapChunk loaded;
    private byte[] bytes = new byte[0];

    OldChunks(List<MapChunk> chunks, ChunkSource stored) {
        this.chunks = chunks;
        this.stored = stored;
    }

    /// Where to begin cutting for a change at `offset`: at the start of the chunk that holds the byte before it.
    long restartFor(long offset) {
        int before = lastBeginningBefore(offset);
        return before >= 0 && chunks.get(before).end() >= offset ? chunks.get(before).offset() : offset;
    }

    /// Whether no chunk reaches over `position`.
    boolean isBoundary(long position) {
        int before = lastBeginningBefore(position);
        return before < 0 || chunks.get(before).end() <= position;
    }

    /// The chunks that lie in `[from, to)`.
    List<MapChunk> inside(long from, long to) {
        return chunks.stream().filter(c -> c.offset() >= from && c.end() <= to).toList();
    }

    /// How many bytes from `offset` on, at most `limit`, are in no chunk.
    long zerosFrom(long offset, long limit) {
        int before = lastBeginningBefore(offset + 1);
        if (before >= 0 && chunks.get(before).end() > offset) {
            return 0;
        }
        return before + 1 < chunks.size() ? Math.min(limit, chunks.get(before + 1).offset() - offset) : limit;
    }

    /// Copies the bytes `[offset, offset + length)` to `target[at, at + length)`.
    void read(long offset, byte[] target, int at, int length) throws IOException {
        for (int done = 0; done < length;) {
            long from = offset + done;
            int zeros = (int) zerosFrom(from, length - done);
            if (zeros > 0) {
                Arrays.fill(target, at + done, at + done + zeros, (byte) 0);
                done += zeros;
            } else {
                var chunk = chunks.get(lastBeginningBefore(from + 1));
                load(chunk);
                int count = (int) Math.min(length - done, chunk.end() - from);
                System.arraycopy(bytes, (int) (from - chunk.offset()), target, at + done, count);
                done += count;
            }
        }
    }

    private void load(MapChunk chunk) throws IOException {
        if (chunk.equals(loaded)) {
            return;
        }
        BaseUnreadableException.guard(() -> {
            stored.read(List.of(chunk), (_, from, start) -> keep(chunk, from, start));
            return chunk;
        });
    }

    private void keep(MapChunk chunk, byte[] from, int start) {
        bytes = bytes.length >= chunk.length() ? bytes : new byte[chunk.length()];
        System.arraycopy(from, start, bytes, 0, chunk.length());
        loaded = chunk;
    }

    /// The index of the last chunk that begins before `offset`, or -1.
    private int lastBeginningBefore(long offset) {
        int low = 0;
        int high = chunks.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (chunks.get(middle).offset() < offset) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low - 1;
    }
}
