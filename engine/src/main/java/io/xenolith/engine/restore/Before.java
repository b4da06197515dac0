package io.xenolith.engine.restore;

import io.xenolith.engine.chunk.ChunkIdentity;
import io.xenolith.engine.chunk.Chunking;
import io.xenolith.engine.disk.Extent;
import io.xenolith.engine.disk.Extents;
import io.xenolith.engine.disk.ReadableTarget;
import io.xenolith.engine.map.MapChunk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/// What a target holds before the restore, and so what must be written to it. For use by one thread.
sealed interface Before {

    /// Which of `chunks` must be written.
    List<MapChunk> missing(List<MapChunk> chunks) throws IOException;

    /// Where zeros must be written to `hole`, which is shorter than a slot and a chunk together.
    Extents notZero(Extent hole) throws IOException;

    /// Zeros everywhere.
    record Blank() implements Before {
        @Override
        public List<MapChunk> missing(List<MapChunk> chunks) {
            return chunks;
        }

        @Override
        public Extents notZero(Extent hole) {
            return Extents.NONE;
        }
    }

    /// Nobody knows what.
    record Anything() implements Before {
        @Override
        public List<MapChunk> missing(List<MapChunk> chunks) {
            return chunks;
        }

        @Override
        public Extents notZero(Extent hole) {
            return Extents.of(hole);
        }
    }

    /// Something that can be read, and much of which may be right already.
    final class OlderState implements Before {
        private final ReadableTarget target;
        private final ChunkIdentity.Hasher hasher;
        private byte[] buffer = new byte[Output.MAX_BYTES];

        OlderState(ReadableTarget target, ChunkIdentity.Hasher hasher) {
            this.target = target;
            this.hasher = hasher;
        }

        @Override
        public List<MapChunk> missing(List<MapChunk> chunks) throws IOException {
            var missing = new ArrayList<MapChunk>();
            for (var chunk : chunks) {
                read(chunk.offset(), chunk.length());
                if (!hasher.id(buffer, 0, chunk.length()).equals(chunk.id())) {
                    missing.add(chunk);
                }
            }
            return missing;
        }

        @Override
        public Extents notZero(Extent hole) throws IOException {
            var found = new ArrayList<Extent>();
            for (long at = hole.offset(); at < hole.end(); at += Output.MAX_BYTES) {
                int length = (int) Math.min(Output.MAX_BYTES, hole.end() - at);
                read(at, length);
                findBlocks(at, length, found);
            }
            return Extents.of(found);
        }

        private void findBlocks(long offset, int length, List<Extent> found) {
            for (int at = 0; at < length;) {
                int toBlockEnd = Chunking.BLOCK_BYTES - (int) ((offset + at) % Chunking.BLOCK_BYTES);
                int count = Math.min(length - at, toBlockEnd);
                if (!Chunking.isZero(buffer, at, count)) {
                    found.add(new Extent(offset + at, count));
                }
                at += count;
            }
        }

        private void read(long offset, int length) throws IOException {
            if (buffer.length < length) {
                buffer = new byte[length];
            }
            target.read(offset, ByteBuffer.wrap(buffer, 0, length));
        }
    }
}
