package io.xenolith.repository.pack;

import io.xenolith.engine.codec.Codec;
import io.xenolith.engine.codec.CorruptFrameException;
import io.xenolith.engine.codec.Decompressor;
import io.xenolith.engine.codec.UnknownCodecException;
import io.xenolith.repository.CorruptObjectException;
import io.xenolith.repository.object.Protection;
import io.xenolith.repository.storage.Storage;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;

/// Reads tables and frames of packs. Safe for use by several threads.
public final class PackReader {

    private final Storage storage;
    private final Protection protection;
    private final ThreadLocal<byte[]> scratch = ThreadLocal.withInitial(() -> new byte[0]);
    private final ThreadLocal<OpenPack> lastPack = new ThreadLocal<>();

    public PackReader(Storage storage, Protection protection) {
        this.storage = storage;
        this.protection = protection;
    }

    /// Whether tags that only the key can make authenticate what is read.
    public boolean authenticates() {
        return protection.encrypts();
    }

    /// Reads a pack's own table.
    ///
    /// @throws CorruptObjectException if header, table or trailer are damaged
    /// @throws IOException if the pack cannot be read, which says nothing about its content
    public PackTable readTable(PackId pack) throws IOException {
        return readTable(pack, storage.size(pack.name()));
    }

    /// Reads a pack's own table.
    ///
    /// @param packLength the length of the pack in the storage
    /// @throws CorruptObjectException if header, table or trailer are damaged
    /// @throws IOException if the pack cannot be read, which says nothing about its content
    public PackTable readTable(PackId pack, long packLength) throws IOException {
        if (packLength < PackFormat.HEADER_BYTES + PackFormat.TRAILER_BYTES) {
            throw new CorruptObjectException(pack.name(), "it is cut off, %d bytes are left".formatted(packLength));
        }
        var header = read(pack, 0, PackFormat.HEADER_BYTES);
        var tail = read(pack, packLength - PackFormat.TRAILER_BYTES, PackFormat.TRAILER_BYTES);
        PackFormat.checkHeader(pack, header, tail, protection);
        var trailer = PackFormat.Trailer.decode(pack, header, tail, packLength);
        var stored = read(pack, trailer.tableOffset(), trailer.storedLength());
        int length = PackFormat.seal(pack, protection).open(trailer.tableOffset(), header, stored, stored.length)
                .orElseThrow(() -> new CorruptObjectException(pack.name(), "the seal of its table is wrong"));
        var table = PackTable.decode(pack, decompress(pack, trailer, stored, length), true);
        if (table.framesEnd() != trailer.tableOffset()) {
            throw new CorruptObjectException(pack.name(), "its frames end at byte %d, its table begins at byte %d"
                    .formatted(table.framesEnd(), trailer.tableOffset()));
        }
        return table;
    }

    private static byte[] decompress(PackId pack, PackFormat.Trailer trailer, byte[] compressed, int length)
            throws CorruptObjectException {
        try (var decompressor = new Decompressor()) {
            var bytes = new byte[trailer.rawLength()];
            decompressor.decompress(Codec.fromNumber(trailer.codec()), compressed, 0, length, bytes, 0,
                    bytes.length);
            return bytes;
        } catch (CorruptFrameException | UnknownCodecException e) {
            throw new CorruptObjectException(pack.name(), "its table: " + e.getMessage());
        }
    }

    /// Reads and decodes one frame.
    ///
    /// @return the frame's bytes before compression
    /// @throws CorruptObjectException if the frame is damaged
    /// @throws IOException if the pack cannot be read, which says nothing about its content
    public byte[] readFrame(PackTable table, int frame) throws IOException {
        var bytes = new byte[table.frameRawLength(frame)];
        readFrame(table, frame, bytes);
        return bytes;
    }

    /// Reads and decodes one frame. Whether its chunks are what their ids say is for the caller to check.
    ///
    /// @param target gets the frame's bytes before compression, from its start on; what lies behind them stays as it is
    /// @throws CorruptObjectException if the frame is damaged; `target` then holds anything
    /// @throws IOException if the pack cannot be read, which says nothing about its content
    public void readFrame(PackTable table, int frame, byte[] target) throws IOException {
        var pack = table.pack();
        long offset = table.frameOffset(frame);
        int length = table.frameStoredLength(frame);
        var stored = scratch(length);
        read(pack, offset, stored, length);
        if (protection.encrypts()) {
            var open = open(pack);
            length = open.seal.open(offset, open.header, stored, length)
                    .orElseThrow(() -> damagedFrame(table, frame, "its tag is wrong"));
        }
        try (var decompressor = new Decompressor()) {
            decompressor.decompress(table.frameCodec(frame), stored, 0, length, target, 0, table.frameRawLength(frame));
        } catch (CorruptFrameException e) {
            throw damagedFrame(table, frame, e.getMessage());
        }
    }

    private static CorruptObjectException damagedFrame(PackTable table, int frame, String finding) {
        return new CorruptObjectException(table.pack().name(), "frame %d, bytes %d to %d: %s"
                .formatted(frame, table.frameOffset(frame), table.frameOffset(frame + 1), finding));
    }

    private byte[] read(PackId pack, long offset, int length) throws IOException {
        var bytes = new byte[length];
        read(pack, offset, bytes, length);
        return bytes;
    }

    private void read(PackId pack, long offset, byte[] target, int length) throws IOException {
        try {
            storage.read(pack.name(), offset, ByteBuffer.wrap(target, 0, length));
        } catch (EOFException e) {
            throw new CorruptObjectException(pack.name(), "it is cut off: " + e.getMessage());
        }
    }

    /// A pack's key, which takes a while to derive.
    private record OpenPack(PackId pack, byte[] header, Protection.Seal seal) {
    }

    private OpenPack open(PackId pack) {
        var last = lastPack.get();
        if (last == null || !last.pack.equals(pack)) {
            last = new OpenPack(pack, PackFormat.header(pack, protection), PackFormat.seal(pack, protection));
            lastPack.set(last);
        }
        return last;
    }

    /// A buffer of the calling thread, for a frame as it is stored.
    private byte[] scratch(int length) {
        if (scratch.get().length < length) {
            scratch.set(new byte[length]);
        }
        return scratch.get();
    }
}
