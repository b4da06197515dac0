package io.xenolith.cli.files;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.xenolith.engine.disk.DiskSource;
import io.xenolith.engine.disk.Extent;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;

/// Reads which partitions a disk has: GPT, or MBR with logical partitions. Integers are little-endian, sectors have 512
/// bytes. What does not lie inside the disk is left out: a guest may write anything into its table.
///
/// | MBR, from byte 446: 4 entries | GPT header, sector 1             | GPT entry                      |
/// |-------------------------------|----------------------------------|--------------------------------|
/// | 4: type, 1 byte               | 0: `EFI PART`                    | 0: type, 16 bytes, 0 if unused |
/// | 8: first sector, 4 bytes      | 72: first sector of the entries, 8 | 32: first sector, 8 bytes    |
/// | 12: sectors, 4 bytes          | 80: entries, 4; 84: bytes in each, 4 | 40: last sector, 8 bytes   |
final class PartitionTable {

    private static final int SECTOR = 512;
    private static final int MBR_ENTRIES = 446;
    private static final int MOST_ENTRIES = 1024;
    private static final int MOST_LOGICAL = 128;

    private final DiskSource disk;
    private final List<Partition> found = new ArrayList<>();

    private PartitionTable(DiskSource disk) {
        this.disk = disk;
    }

    /// The partitions of a disk; one with the number 0 if it has no table.
    static List<Partition> read(DiskSource disk) throws IOException {
        var whole = FileSystem.of(disk);
        var table = new PartitionTable(disk);
        if (whole == FileSystem.UNKNOWN && disk.size() >= 2 * SECTOR) {
            table.readMbr();
        }
        return table.found.isEmpty() ? List.of(new Partition(0, disk, whole)) : table.found;
    }

    private ByteBuffer bytes(long offset, int length) throws IOException {
        var bytes = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        disk.read(offset, bytes);
        return bytes.flip();
    }

    private record Entry(int type, long first, long sectors) {

        static List<Entry> of(ByteBuffer sector) {
            var entries = new ArrayList<Entry>();
            if (sector.getShort(510) == (short) 0xaa55) {
                for (int at = MBR_ENTRIES; at < 510; at += 16) {
                    entries.add(new Entry(sector.get(at + 4) & 0xff, Integer.toUnsignedLong(sector.getInt(at + 8)),
                            Integer.toUnsignedLong(sector.getInt(at + 12))));
                }
            }
            return entries;
        }

        boolean isGpt() {
            return type == 0xee;
        }

        boolean isExtended() {
            return type == 0x05 || type == 0x0f || type == 0x85;
        }
    }

    private void readMbr() throws IOException {
        var entries = Entry.of(bytes(0, SECTOR));
        if (entries.stream().anyMatch(Entry::isGpt)) {
            readGpt();
            return;
        }
        for (int i = 0; i < entries.size(); i++) {
            var entry = entries.get(i);
            if (entry.isExtended()) {
                readLogical(entry.first());
            } else if (entry.type() != 0) {
                add(i + 1, entry.first(), entry.sectors());
            }
        }
    }

    /// Each logical partition has a sector with itself and where the next one is, counted from the first such sector.
    private void readLogical(long extended) throws IOException {
        var seen = new HashSet<Long>();
        long at = extended;
        for (int number = 5; number < 5 + MOST_LOGICAL && at > 0 && at < disk.size() / SECTOR && seen.add(at); number++) {
            var entries = Entry.of(bytes(at * SECTOR, SECTOR));
            if (entries.isEmpty() || entries.get(0).type() == 0) {
                return;
            }
            add(number, at + entries.get(0).first(), entries.get(0).sectors());
            at = entries.get(1).isExtended() ? extended + entries.get(1).first() : 0;
        }
    }

    private void readGpt() throws IOException {
        var header = bytes(SECTOR, SECTOR);
        long entries = header.getLong(72);
        int count = header.getInt(80);
        int length = header.getInt(84);
        boolean sound = new String(header.array(), 0, 8, US_ASCII).equals("EFI PART") && count >= 0 && count <= MOST_ENTRIES
                && length >= 128 && length <= 4096 && entries > 0
                && entries <= (disk.size() - (long) count * length) / SECTOR;
        for (int i = 0; sound && i < count; i++) {
            var entry = bytes(entries * SECTOR + (long) i * length, 48);
            if (entry.getLong(0) != 0 || entry.getLong(8) != 0) {
                add(i + 1, entry.getLong(32), entry.getLong(40) - entry.getLong(32) + 1);
            }
        }
    }

    private void add(int number, long first, long sectors) throws IOException {
        long all = disk.size() / SECTOR;
        if (first > 0 && first < all && sectors > 0 && sectors <= all - first) {
            var content = new Part(disk, new Extent(first * SECTOR, sectors * SECTOR));
            found.add(new Partition(number, content, FileSystem.of(content)));
        }
    }
}
