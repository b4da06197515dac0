package io.xenolith.repository.pack;

import static java.nio.ByteOrder.LITTLE_ENDIAN;
import static java.nio.charset.StandardCharsets.US_ASCII;

import io.xenolith.repository.CorruptObjectException;
import io.xenolith.repository.NewerFormatException;
import io.xenolith.repository.object.Protection;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.CRC32C;

/// The first and the last 32 bytes of a pack, and what its parts are sealed with. Integers are little-endian.
///
/// Header:
///
/// | offset | bytes | field      | meaning                   |
/// |-------:|------:|------------|---------------------------|
/// |      0 |     8 | magic      | ASCII `XENOPACK`          |
/// |      8 |     2 | version    | 1                         |
/// |     10 |     1 | kind       | 0 data, 1 map             |
/// |     11 |     1 | protection | 0 checksum, 1 AES-256-GCM |
/// |     12 |     4 | reserved   | 0                         |
/// |     16 |    16 | id         | of the pack               |
///
/// Trailer:
///
/// | offset | bytes | field         | meaning                                             |
/// |-------:|------:|---------------|-----------------------------------------------------|
/// |      0 |     8 | table offset  | where the table begins, from the pack's start       |
/// |      8 |     4 | stored length | of the table in the pack, its seal included         |
/// |     12 |     4 | raw length    | of the table before compression                     |
/// |     16 |     1 | codec         | of the table, see [io.xenolith.engine.codec.Codec]  |
/// |     17 |     3 | reserved      | 0                                                   |
/// |     20 |     4 | checksum      | CRC-32C of the header and of bytes 0 to 19 of these |
/// |     24 |     8 | magic         | ASCII `XENOTAIL`                                    |
///
/// Frames and table are sealed with a key derived for the purpose `xenolith pack` and the id in hexadecimal digits, the
/// offset in the pack being the counter and the header the context. Without encryption frames have no seal, since the ids
/// of their chunks protect them; the table has its SHA-256.
final class PackFormat {

    static final int HEADER_BYTES = 32;
    static final int TRAILER_BYTES = 32;
    static final int VERSION = 1;

    private static final int MAX_SEAL_BYTES = 32; // what does not shrink is not compressed, so only the seal adds to it

    private static final byte[] MAGIC = "XENOPACK".getBytes(US_ASCII);
    private static final byte[] TAIL_MAGIC = "XENOTAIL".getBytes(US_ASCII);
    private static final String PURPOSE = "xenolith pack";

    private PackFormat() {
    }

    static byte[] header(PackId pack, Protection protection) {
        return ByteBuffer.allocate(HEADER_BYTES).order(LITTLE_ENDIAN).put(MAGIC).putShort((short) VERSION)
                .put((byte) pack.kind().number()).put((byte) protection.number()).putInt(0).put(pack.toBytes()).array();
    }

    static Protection.Seal seal(PackId pack, Protection protection) {
        return protection.seal(PURPOSE, pack.hex());
    }

    /// @param storedLength of the table
    /// @param codec        of the table
    record Trailer(long tableOffset, int storedLength, int rawLength, int codec) {

        byte[] encode(byte[] header) {
            var out = ByteBuffer.allocate(TRAILER_BYTES).order(LITTLE_ENDIAN)
                    .putLong(tableOffset).putInt(storedLength).putInt(rawLength).put((byte) codec).position(20);
            return out.putInt(checksum(header, out.array())).put(TAIL_MAGIC).array();
        }

        /// Decodes the trailer of a pack of `packLength` bytes.
        static Trailer decode(PackId pack, byte[] header, byte[] bytes, long packLength) throws CorruptObjectException {
            if (!Arrays.equals(bytes, 24, 32, TAIL_MAGIC, 0, 8)) {
                throw new CorruptObjectException(pack.name(), "it has no trailer: it is cut off");
            }
            var in = ByteBuffer.wrap(bytes).order(LITTLE_ENDIAN);
            var trailer = new Trailer(in.getLong(), in.getInt(), in.getInt(), in.get());
            if (in.getInt(20) != checksum(header, bytes)) {
                throw new CorruptObjectException(pack.name(), "the checksum of header and trailer is wrong");
            }
            if (trailer.rawLength < 0 || trailer.rawLength > PackTable.MAX_BYTES || trailer.tableOffset < HEADER_BYTES
                    || trailer.storedLength < 0 || trailer.storedLength > trailer.rawLength + MAX_SEAL_BYTES
                    || trailer.tableOffset + trailer.storedLength != packLength - TRAILER_BYTES) {
                throw new CorruptObjectException(pack.name(), "%s does not fit into %d bytes".formatted(trailer, packLength));
            }
            return trailer;
        }
    }

    private static int checksum(byte[] header, byte[] trailer) {
        var crc = new CRC32C();
        crc.update(header);
        crc.update(trailer, 0, 20);
        return (int) crc.getValue();
    }

    /// Checks that `header` is the one that `pack` was written with. A version that is newer only because it has rotted is
    /// told by the trailer, which has the checksum of the right one.
    static void checkHeader(PackId pack, byte[] header, byte[] trailer, Protection protection)
            throws CorruptObjectException, NewerFormatException {
        if (!Arrays.equals(header, 0, 8, MAGIC, 0, 8)) {
            throw new CorruptObjectException(pack.name(), "it does not begin as a pack does");
        }
        int version = ByteBuffer.wrap(header).order(LITTLE_ENDIAN).getShort(8) & 0xFFFF;
        if (version > VERSION && ByteBuffer.wrap(trailer).order(LITTLE_ENDIAN).getInt(20)
                != checksum(header(pack, protection), trailer)) {
            throw new NewerFormatException(pack.name(), version, VERSION);
        }
        if (!Arrays.equals(header, header(pack, protection))) {
            throw new CorruptObjectException(pack.name(), "its header is of another pack or protection");
        }
    }
}
