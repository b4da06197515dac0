package io.xenolith.sim.stream;

import io.xenolith.sim.disk.DiskImage;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.BitSet;
import java.util.UUID;

/// A disk as the VHD stream that hosts send. Integers are big-endian.
///
/// ```text
///   0     footer      creator "caml", time stamp 0, fresh random id, type 3 or, with a base, 4
///   512   header      table at 2048, entries of 2 MiB
///   1536  a sector of zeros, where a parent's locator would point to
///   2048  table       padded with 0xFF to a sector
///   …     blocks      in the disk's order: a bitmap of 512 × 0xFF, then 2 MiB
///   end   footer
/// ```
final class VhdWriter {
    private static final int SECTOR = 512;
    private static final int HEADER_BYTES = 1024;
    private static final int TABLE_OFFSET = 2048;
    private static final int LOCATOR_OFFSET = 1536;
    private static final int DYNAMIC = 3;
    private static final int DIFFERENCING = 4;
    private static final byte[] COOKIE = ascii("conectix");
    private static final byte[] HEADER_COOKIE = ascii("cxsparse");

    private final DiskImage disk;
    private final DiskImage base;
    private final BitSet blocks;
    private final int entries;

    /// @param base the disk that the stream is a delta to, or null for a whole disk
    VhdWriter(DiskImage disk, DiskImage base) {
        this.disk = disk;
        this.base = base;
        blocks = base == null ? disk.allocatedVhdBlocks() : disk.differingVhdBlocks(base);
        entries = (int) Math.ceilDiv(disk.size(), (long) DiskImage.VHD_BLOCK);
        blocks.clear(entries, Math.max(entries, blocks.length()));
    }

    void write(OutputStream out, StreamContext context) throws IOException, InterruptedException {
        var footer = footer();
        out.write(footer);
        out.write(header());
        out.write(new byte[SECTOR]);
        out.write(table());
        var bitmap = new byte[SECTOR];
        Arrays.fill(bitmap, (byte) 0xff);
        for (int block = blocks.nextSetBit(0); block >= 0; block = blocks.nextSetBit(block + 1)) {
            out.write(bitmap);
            out.write(content(block));
            context.progress((double) block / entries);
        }
        out.write(footer);
        out.flush();
    }

    private byte[] content(int block) throws IOException {
        var bytes = new byte[DiskImage.VHD_BLOCK];
        long offset = (long) block * DiskImage.VHD_BLOCK;
        disk.read(offset, ByteBuffer.wrap(bytes, 0, (int) Math.min(bytes.length, disk.size() - offset)));
        return bytes;
    }

    private byte[] table() {
        int length = Math.ceilDiv(4 * entries, SECTOR) * SECTOR;
        var table = ByteBuffer.allocate(length);
        Arrays.fill(table.array(), (byte) 0xff);
        long sector = (TABLE_OFFSET + length) / SECTOR;
        for (int block = blocks.nextSetBit(0); block >= 0; block = blocks.nextSetBit(block + 1)) {
            table.putInt(4 * block, (int) sector);
            sector += 1 + DiskImage.VHD_BLOCK / SECTOR;
        }
        return table.array();
    }

    private byte[] footer() {
        var footer = ByteBuffer.allocate(SECTOR);
        footer.put(COOKIE).putInt(2).putInt(0x00010000).putLong(SECTOR).putInt(0);
        footer.put(ascii("caml")).putInt(1).putInt(0);
        footer.putLong(disk.size()).putLong(disk.size());
        putGeometry(footer, disk.size() / SECTOR);
        footer.putInt(base == null ? DYNAMIC : DIFFERENCING);
        putId(footer.position(68), UUID.randomUUID());
        return withChecksum(footer.array(), 64);
    }

    private byte[] header() {
        var header = ByteBuffer.allocate(HEADER_BYTES);
        header.put(HEADER_COOKIE).putLong(-1).putLong(TABLE_OFFSET).putInt(0x00010000).putInt(entries);
        header.putInt(DiskImage.VHD_BLOCK);
        if (base != null) {
            putId(header.position(40), base.fileId());
            var path = "/run/sr-mount/" + base.fileId() + ".vhd";
            header.position(64).put(path.getBytes(StandardCharsets.UTF_16BE));
            header.position(576).put(ascii("MacX")).putInt(1).putInt(("file://" + path).length()).putInt(0);
            header.putLong(LOCATOR_OFFSET);
        }
        return withChecksum(header.array(), 36);
    }

    private static void putId(ByteBuffer buffer, UUID id) {
        buffer.putLong(id.getMostSignificantBits()).putLong(id.getLeastSignificantBits());
    }

    /// Cylinders, heads and sectors, rounded down, by the rule of the VHD specification.
    private static void putGeometry(ByteBuffer footer, long allSectors) {
        long total = Math.min(allSectors, 65535L * 16 * 255);
        int perTrack;
        int heads;
        long tracks;
        if (total >= 65535L * 16 * 63) {
            perTrack = 255;
            heads = 16;
            tracks = total / perTrack;
        } else {
            perTrack = 17;
            tracks = total / perTrack;
            heads = (int) Math.max((tracks + 1023) / 1024, 4);
            if (tracks >= heads * 1024L || heads > 16) {
                perTrack = 31;
                heads = 16;
                tracks = total / perTrack;
            }
            if (tracks >= heads * 1024L) {
                perTrack = 63;
                tracks = total / perTrack;
            }
        }
        footer.putShort((short) (tracks / heads)).put((byte) heads).put((byte) perTrack);
    }

    /// One's complement of the sum of all bytes, the checksum's own taken as zero.
    static byte[] withChecksum(byte[] structure, int offset) {
        ByteBuffer.wrap(structure).putInt(offset, checksum(structure, offset));
        return structure;
    }

    static int checksum(byte[] structure, int offset) {
        int sum = 0;
        for (int i = 0; i < structure.length; i++) {
            sum += i >= offset && i < offset + 4 ? 0 : structure[i] & 0xff;
        }
        return ~sum;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
