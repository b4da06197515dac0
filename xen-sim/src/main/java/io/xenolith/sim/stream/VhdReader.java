package io.xenolith.sim.stream;

import io.xenolith.sim.disk.DiskImage;
import io.xenolith.sim.rpc.XapiFailure;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.TreeMap;

/// Lays a VHD stream over a disk as hosts do: in one pass, so every structure has to come at a rising offset. Sectors whose
/// bit is set are written, all others are left as they are, and nothing checks that a delta fits. Integers are big-endian.
final class VhdReader {
    private static final int SECTOR = 512;
    private static final int HEADER_BYTES = 1024;
    private static final int MOST_ENTRIES = 1 << 21;
    private static final int NOT_ALLOCATED = -1;

    private final DataInputStream in;
    private final long length;
    private final Target target;
    private long position = 0;
    private int blockSize;

    /// Where sectors go.
    interface Target {
        long size();

        void write(long offset, ByteBuffer bytes) throws IOException, InterruptedException;
    }

    /// @param length of the whole stream; where hosts are not told, they take the disk's size, which is hardly ever right
    VhdReader(InputStream in, long length, Target target) {
        this.in = new DataInputStream(in);
        this.length = length;
        this.target = target;
    }

    /// @throws XapiFailure `VDI_IO_ERROR` if the stream is no VHD, ends early or does not fit the disk
    void read() throws IOException, InterruptedException {
        try {
            var footer = structure(SECTOR, "conectix", 64);
            skipTo(footer.getLong(16));
            var header = structure(HEADER_BYTES, "cxsparse", 36);
            blockSize = header.getInt(32);
            int entries = header.getInt(28);
            require(entries >= 0 && entries <= MOST_ENTRIES, "table of " + entries + " entries");
            require(Integer.bitCount(blockSize) == 1 && blockSize >= SECTOR && blockSize <= DiskImage.VHD_BLOCK,
                    "block size " + blockSize);
            skipTo(header.getLong(16));
            readBlocks(table(entries));
            skipTo(length - 1 & -SECTOR);
            structure(SECTOR, "conectix", 64);
        } catch (EOFException e) {
            throw new XapiFailure("VDI_IO_ERROR", "Device I/O errors");
        }
    }

    private TreeMap<Long, Integer> table(int entries) throws IOException {
        var blocks = new TreeMap<Long, Integer>();
        for (int entry = 0; entry < entries; entry++) {
            int sector = in.readInt();
            if (sector != NOT_ALLOCATED) {
                blocks.put(Integer.toUnsignedLong(sector) * SECTOR, entry);
            }
        }
        position += 4L * entries;
        return blocks;
    }

    private void readBlocks(TreeMap<Long, Integer> blocks) throws IOException, InterruptedException {
        var bitmap = new byte[Math.ceilDiv(blockSize / SECTOR / 8, SECTOR) * SECTOR];
        var data = new byte[blockSize];
        for (var block : blocks.entrySet()) {
            skipTo(block.getKey());
            in.readFully(bitmap);
            in.readFully(data);
            position += bitmap.length + data.length;
            writeMarked((long) block.getValue() * blockSize, bitmap, data);
        }
    }

    private void writeMarked(long offset, byte[] bitmap, byte[] data) throws IOException, InterruptedException {
        int sectors = blockSize / SECTOR;
        for (int sector = 0; sector < sectors;) {
            int end = sector;
            while (end < sectors && (bitmap[end >> 3] & 0x80 >> (end & 7)) != 0) {
                end++;
            }
            if (end > sector) {
                write(offset + (long) sector * SECTOR, data, sector * SECTOR, (end - sector) * SECTOR);
            }
            sector = end + 1;
        }
    }

    private void write(long offset, byte[] data, int from, int count) throws IOException, InterruptedException {
        long inside = Math.min(count, target.size() - offset);
        require(inside == count || offset + count - target.size() < blockSize, "a block beyond the disk's end");
        if (inside > 0) {
            target.write(offset, ByteBuffer.wrap(data, from, (int) inside));
        }
    }

    private ByteBuffer structure(int bytes, String cookie, int checksumAt) throws IOException {
        var structure = new byte[bytes];
        in.readFully(structure);
        position += bytes;
        var found = new String(structure, 0, cookie.length(), StandardCharsets.US_ASCII);
        require(found.equals(cookie), "no " + cookie + " at " + (position - bytes));
        var buffer = ByteBuffer.wrap(structure);
        require(buffer.getInt(checksumAt) == VhdWriter.checksum(structure, checksumAt), "wrong checksum of " + cookie);
        return buffer;
    }

    private void skipTo(long offset) throws IOException {
        require(offset >= position, "a structure at %d, behind %d".formatted(offset, position));
        in.skipNBytes(offset - position);
        position = offset;
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new XapiFailure("VDI_IO_ERROR", "Device I/O errors: " + otherwise);
        }
    }
}
