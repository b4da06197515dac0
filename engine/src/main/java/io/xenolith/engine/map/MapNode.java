package io.xenolith.engine.map;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import io.xenolith.engine.chunk.ChunkId;
import io.xenolith.engine.chunk.Chunking;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// A node of a block map. Integers are little-endian; every node begins with four bytes:
///
/// | offset | bytes | field   | meaning                                    |
/// |-------:|------:|---------|--------------------------------------------|
/// |      0 |     1 | magic   | ASCII `M`                                  |
/// |      1 |     1 | version | 1                                          |
/// |      2 |     1 | kind    | 0 leaf, 1 inner, 2 root                    |
/// |      3 |     1 | level   | 0 for leaf and root; from 1 on for inner   |
///
/// An encoding is unique: equal content gives equal bytes, on which the equality of root ids rests.
public sealed interface MapNode {

    /// No node is longer: bounds what a reader allocates.
    int MAX_BYTES = 64 << 10;

    int HEADER_BYTES = 4;

    /// The node's bytes.
    byte[] encode();

    /// A leaf: the chunks that begin in one slot, in the order of their offsets.
    ///
    /// | offset      | bytes | field  | meaning                                            |
    /// |------------:|------:|--------|----------------------------------------------------|
    /// |           4 |     4 | count  | chunks, 1 to 1024                                  |
    /// | 8 + 40 · i  |     4 | offset | where the chunk begins, from the start of the slot |
    /// | 12 + 40 · i |     4 | length | bytes of the chunk, at least 1                     |
    /// | 16 + 40 · i |    32 | id     | the chunk's id                                     |
    record Leaf(List<SlotChunk> chunks) implements MapNode {

        static final int ENTRY_BYTES = 8 + ChunkId.BYTES;
        static final int MAX_CHUNKS = MapShape.SLOT_BYTES / Chunking.PAGE_BYTES;

        public Leaf {
            chunks = List.copyOf(chunks);
        }

        @Override
        public byte[] encode() {
            var out = begin(0, 0, 4 + chunks.size() * ENTRY_BYTES);
            out.putInt(chunks.size());
            for (var chunk : chunks) {
                out.putInt(chunk.offset).putInt(chunk.length);
                chunk.id.put(out);
            }
            return out.array();
        }

        private static Leaf decode(ChunkId id, ByteBuffer in) throws CorruptMapException {
            int count = in.remaining() < 4 ? -1 : in.getInt();
            if (count < 1 || count > MAX_CHUNKS || in.remaining() != count * ENTRY_BYTES) {
                throw new CorruptMapException(id, "a leaf of %d chunks in %d bytes".formatted(count, in.limit()));
            }
            var chunks = new ArrayList<SlotChunk>(count);
            long end = 0;
            for (int i = 0; i < count; i++) {
                var chunk = new SlotChunk(in.getInt(), in.getInt(), ChunkId.get(in));
                if (chunk.offset < end || chunk.offset >= MapShape.SLOT_BYTES || chunk.length < 1
                        || chunk.length > Chunking.MAX_CHUNK_BYTES || chunk.id.isNull()) {
                    throw new CorruptMapException(id, "chunk %d at %d, length %d, does not fit behind byte %d"
                            .formatted(i, chunk.offset, chunk.length, end));
                }
                end = chunk.offset + (long) chunk.length;
                chunks.add(chunk);
            }
            return new Leaf(chunks);
        }
    }

    /// A chunk in a leaf.
    ///
    /// @param offset where it begins, from the start of the slot
    record SlotChunk(int offset, int length, ChunkId id) {
    }

    /// An inner node: its children by index; a hole has the null id and no bytes.
    ///
    /// | offset     | bytes | field   | meaning                                              |
    /// |-----------:|------:|---------|------------------------------------------------------|
    /// |          4 |     8 | present | bit i set: child i is there; at least one bit is set |
    /// | 12 + 32·k  |    32 | id      | of the k-th child that is there                      |
    record Inner(int level, ChunkId[] children) implements MapNode {

        public Inner {
            if (level < 1 || children.length != MapShape.FANOUT) {
                throw new IllegalArgumentException("level %d, %d children".formatted(level, children.length));
            }
        }

        /// A node without children, to be filled in.
        static Inner blank(int level) {
            var children = new ChunkId[MapShape.FANOUT];
            Arrays.fill(children, ChunkId.NULL);
            return new Inner(level, children);
        }

        boolean isHole() {
            return present() == 0;
        }

        private long present() {
            long present = 0;
            for (int i = 0; i < children.length; i++) {
                present |= children[i].isNull() ? 0 : 1L << i;
            }
            return present;
        }

        @Override
        public byte[] encode() {
            long present = present();
            var out = begin(1, level, 8 + Long.bitCount(present) * ChunkId.BYTES);
            out.putLong(present);
            for (var child : children) {
                if (!child.isNull()) {
                    child.put(out);
                }
            }
            return out.array();
        }

        private static Inner decode(ChunkId id, int level, ByteBuffer in) throws CorruptMapException {
            long present = in.remaining() < 8 ? 0 : in.getLong();
            if (level < 1 || present == 0 || in.remaining() != Long.bitCount(present) * ChunkId.BYTES) {
                throw new CorruptMapException(id, "an inner node of level %d and %d children in %d bytes"
                        .formatted(level, Long.bitCount(present), in.limit()));
            }
            var node = blank(level);
            for (int i = 0; i < MapShape.FANOUT; i++) {
                if ((present >>> i & 1) != 0) {
                    node.children[i] = ChunkId.get(in);
                    if (node.children[i].isNull()) {
                        throw new CorruptMapException(id, "child %d is said to be there and has the null id".formatted(i));
                    }
                }
            }
            return node;
        }
    }

    /// The root: makes disks of different sizes different, however empty they are.
    ///
    /// | offset | bytes | field | meaning                                                        |
    /// |-------:|------:|-------|----------------------------------------------------------------|
    /// |      4 |     8 | size  | of the disk in bytes, at most 2^61                             |
    /// |     12 |    32 | top   | the node that covers the disk, or the null id: the disk is a hole |
    record Root(long size, ChunkId top) implements MapNode {

        @Override
        public byte[] encode() {
            var out = begin(2, 0, 8 + ChunkId.BYTES);
            out.putLong(size);
            top.put(out);
            return out.array();
        }

        private static Root decode(ChunkId id, ByteBuffer in) throws CorruptMapException {
            if (in.remaining() != 8 + ChunkId.BYTES) {
                throw new CorruptMapException(id, "a root of %d bytes".formatted(in.limit()));
            }
            var root = new Root(in.getLong(), ChunkId.get(in));
            if (root.size < 0 || root.size > MapShape.MAX_SIZE) {
                throw new CorruptMapException(id, "a disk of %d bytes".formatted(root.size));
            }
            return root;
        }
    }

    private static ByteBuffer begin(int kind, int level, int bodyBytes) {
        return ByteBuffer.allocate(HEADER_BYTES + bodyBytes).order(LITTLE_ENDIAN)
                .put((byte) 'M').put((byte) 1).put((byte) kind).put((byte) level);
    }

    /// Decodes a node and believes nothing that it has not checked. `id` is for the message.
    ///
    /// @throws CorruptMapException if the bytes are no node, or one of a newer version
    static MapNode decode(ChunkId id, byte[] bytes) throws CorruptMapException {
        var in = ByteBuffer.wrap(bytes).order(LITTLE_ENDIAN);
        if (bytes.length < HEADER_BYTES || bytes.length > MAX_BYTES || in.get() != 'M') {
            throw new CorruptMapException(id, "%d bytes that are no map node".formatted(bytes.length));
        }
        int version = in.get();
        if (version != 1) {
            throw new CorruptMapException(id, "version %d is not known; it takes a newer xenolith".formatted(version));
        }
        int kind = in.get();
        int level = in.get();
        if (kind != 1 && level != 0) {
            throw new CorruptMapException(id, "kind %d at level %d".formatted(kind, level));
        }
        return switch (kind) {
            case 0 -> Leaf.decode(id, in);
            case 1 -> Inner.decode(id, level, in);
            case 2 -> Root.decode(id, in);
            default -> throw new CorruptMapException(id, "kind %d is not known".formatted(kind));
        };
    }
}
