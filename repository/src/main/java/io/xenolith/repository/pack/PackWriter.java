package io.xenolith.repository.pack;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import io.xenolith.engine.chunk.ChunkId;
import io.xenolith.engine.codec.Compression;
import io.xenolith.engine.codec.Compressor;
import io.xenolith.repository.object.Protection;
import io.xenolith.repository.storage.ObjectWriter;
import io.xenolith.repository.storage.Storage;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/// Writes one pack, frame by frame. For use by one thread at a time.
final class PackWriter implements Closeable {

    private final PackId pack;
    private final Protection protection;
    private final Protection.Seal seal;
    private final byte[] header;
    private final ObjectWriter out;
    private final List<Frame> frames = new ArrayList<>();
    private int chunks;

    PackWriter(PackId pack, Storage storage, Protection protection) throws IOException {
        this.pack = pack;
        this.protection = protection;
        this.seal = PackFormat.seal(pack, protection);
        this.header = PackFormat.header(pack, protection);
        this.out = storage.create(pack.name());
        try {
            out.write(ByteBuffer.wrap(header));
        } catch (IOException | RuntimeException e) {
            out.close();
            throw e;
        }
    }

    /// Whether a frame of `more` chunks would be too many.
    boolean isFullFor(int more) {
        return chunks + more > PackTable.MAX_CHUNKS;
    }

    /// Bytes written so far.
    long length() {
        return out.position();
    }

    /// Appends a frame.
    ///
    /// @return how many bytes it takes in the pack
    int append(Frame frame, byte[] compressed, int offset, int length) throws IOException {
        long before = out.position();
        if (protection.encrypts()) {
            out.write(ByteBuffer.wrap(seal.close(before, header, compressed, offset, length)));
        } else {
            out.write(ByteBuffer.wrap(compressed, offset, length));
        }
        int stored = (int) (out.position() - before);
        frames.add(frame.stored(stored));
        chunks += frame.lengths().length;
        return stored;
    }

    /// Writes table and trailer and makes the pack durable under its name.
    PackTable commit() throws IOException {
        var encoded = encodeTable();
        var table = PackTable.decode(pack, encoded, true); // what a reader would refuse must not be published
        try (var compressor = new Compressor(Compression.DEFAULT)) {
            var compressed = compressor.compress(encoded, 0, encoded.length);
            long offset = out.position();
            var sealed = seal.close(offset, header, compressed.bytes(), compressed.offset(), compressed.length());
            out.write(ByteBuffer.wrap(sealed));
            var trailer = new PackFormat.Trailer(offset, sealed.length, encoded.length, compressed.codec().number());
            out.write(ByteBuffer.wrap(trailer.encode(header)));
        }
        out.commit();
        return table;
    }

    private byte[] encodeTable() {
        var bytes = ByteBuffer.allocate(8 + frames.size() * 13 + chunks * (4 + ChunkId.BYTES)).order(LITTLE_ENDIAN);
        bytes.putInt(frames.size()).putInt(chunks);
        frames.forEach(frame -> bytes.putInt(frame.storedLength()));
        frames.forEach(frame -> bytes.putInt(frame.rawLength()));
        frames.forEach(frame -> bytes.putInt(frame.lengths().length));
        frames.forEach(frame -> bytes.put((byte) frame.codec().number()));
        for (var frame : frames) {
            for (int length : frame.lengths()) {
                bytes.putInt(length);
            }
        }
        frames.forEach(frame -> bytes.put(frame.ids()));
        return bytes.array();
    }

    /// Without a commit, discards what was written.
    @Override
    public void close() throws IOException {
        out.close();
    }
}
