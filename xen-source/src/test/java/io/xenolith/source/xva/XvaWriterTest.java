package io.xenolith.source.xva;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.xenolith.engine.Seed;
import io.xenolith.engine.SeedExtension;
import io.xenolith.engine.disk.DiskBlocks;
import io.xenolith.engine.disk.DiskTarget;
import io.xenolith.engine.disk.Extent;
import io.xenolith.engine.disk.RandomDisk;
import io.xenolith.engine.disk.SparseDisk;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(SeedExtension.class)
class XvaWriterTest {
    private static final int MIB = 1 << 20;

    @TempDir
    static Path folder;

    /// A machine with disks, and how it becomes an archive.
    private record Machine(NewOva ova, List<SparseDisk> disks) {

        static Machine of(SparseDisk... disks) {
            var described = new ArrayList<NewDisk>();
            for (var disk : disks) {
                int position = described.size();
                described.add(new NewDisk(new UUID(1, position), "disk " + position, disk.size(), position, position == 0));
            }
            return new Machine(new NewOva(new UUID(0, 0), "a & b", "", 1 << 30, 2, NewOva.Firmware.UEFI, described),
                    List.of(disks));
        }

        static Machine random(Random random) {
            var disks = new SparseDisk[random.nextInt(1, 4)];
            for (int i = 0; i < disks.length; i++) {
                disks[i] = RandomDisk.of(NewDisk.sizeFor(random.nextInt(random.nextInt(4) == 0 ? MIB : 6 * MIB)), random);
            }
            return of(disks);
        }

        /// Writes in random pieces, some of them over what is zeros anyway.
        byte[] archive(XvaFormat format, Random random) throws IOException {
            var out = new ByteArrayOutputStream();
            try (var xva = XvaWriter.open(out, ova.xml(), format)) {
                for (int i = 0; i < disks.size(); i++) {
                    try (var target = xva.disk(ova.diskRef(i), disks.get(i).size())) {
                        write(disks.get(i), target, random);
                        target.commit();
                    }
                }
                xva.finish();
            }
            return out.toByteArray();
        }

        List<String> lines() {
            var lines = new ArrayList<String>();
            for (int i = 0; i < disks.size(); i++) {
                var disk = disks.get(i);
                lines.add("%s %d %s".formatted(ova.diskRef(i), disk.size(),
                        HexFormat.of().formatHex(ReadDisk.sha256().digest(disk.bytes(0, (int) disk.size())))));
            }
            return lines;
        }
    }

    private static void write(SparseDisk disk, DiskTarget target, Random random) throws IOException {
        for (long at = 0; at < disk.size();) {
            int length = (int) Math.min(disk.size() - at, random.nextInt(1, 2 * MIB));
            var bytes = disk.bytes(at, length);
            if (random.nextInt(4) == 0 || !disk.allocated(new Extent(at, length)).isEmpty()) {
                target.write(at, ByteBuffer.wrap(bytes));
            }
            at += length;
        }
    }

    private static List<XvaFormat> formats() {
        var formats = new ArrayList<XvaFormat>();
        for (var compression : Compression.values()) {
            for (var checksum : ChunkChecksum.values()) {
                formats.add(new XvaFormat(compression, checksum));
            }
        }
        return formats;
    }

    @Test
    void aHostTakesWhatIsWritten(Seed seed) throws Exception {
        int index = 0;
        for (var format : formats()) {
            var random = seed.random(index++);
            var machine = Machine.random(random);
            var archive = Files.write(folder.resolve("hosts.xva"), machine.archive(format, random));
            var checked = Peers.python("check_xva.py", archive);
            assertEquals(String.join("\n", machine.lines()), checked.output().strip(), format.toString());
            assertEquals(0, checked.exitCode());
        }
    }

    @Test
    void whatIsWrittenIsReadBack(Seed seed) throws IOException {
        for (int i = 0; i < 12; i++) {
            var random = seed.random(i);
            var machine = Machine.random(random);
            var format = formats().get(random.nextInt(formats().size()));
            assertEquals(machine.lines(), ReadDisk.all(machine.archive(format, random)), "case " + i);
        }
    }

    @Test
    void theArchiveIsThatOfAHostToTheByte(Seed seed) throws Exception {
        Peers.python("make_xva.py", folder);
        for (var variant : List.of("plain", "three-disks", "suspended", "small-first-disk", "drives-without-data")) {
            assertArrayEquals(Files.readAllBytes(folder.resolve(variant + ".xva")),
                    rewritten(variant, XvaFormat.PLAIN), variant);
        }
        assertArrayEquals(Files.readAllBytes(folder.resolve("sha1.xva")),
                rewritten("plain", new XvaFormat(Compression.NONE, ChunkChecksum.SHA1)));
    }

    private static byte[] rewritten(String variant, XvaFormat format) throws IOException {
        var out = new ByteArrayOutputStream();
        try (var in = XvaReader.open(Files.newInputStream(folder.resolve(variant + ".xva")), variant);
                var xva = XvaWriter.open(out, in.ovaXml(), format)) {
            for (var disk = in.next(); disk.isPresent(); disk = in.next()) {
                try (var target = xva.disk(disk.get().ovaDisk().ref(), disk.get().ovaDisk().size())) {
                    var bytes = ByteBuffer.allocate((int) disk.get().ovaDisk().size());
                    disk.get().read(bytes);
                    target.write(0, bytes.flip());
                    target.commit();
                }
            }
            xva.finish();
        }
        return out.toByteArray();
    }

    @Test
    void tarAndTheDecompressorsTakeIt(Seed seed) throws Exception {
        var disk = new SparseDisk(3 * MIB);
        disk.write(10, new byte[] {1});
        var machine = Machine.of(disk);
        var expected = "ova.xml Ref:003/00000000 Ref:003/00000000.xxhash Ref:003/00000002 Ref:003/00000002.xxhash";
        for (var compression : Compression.values()) {
            var format = new XvaFormat(compression, ChunkChecksum.XXHASH);
            var archive = Files.write(folder.resolve("tar.xva"), machine.archive(format, seed.random())).toString();
            switch (compression) {
                case NONE -> { }
                case GZIP -> assertEquals(0, Peers.run("gzip", "-t", "-S", ".xva", archive).exitCode());
                case ZSTD -> assertEquals(0, Peers.run("zstd", "-q", "-t", archive).exitCode());
            }
            var listed = Peers.run("tar", "-tf", archive);
            assertEquals(expected, listed.output().strip().replace('\n', ' '));
            assertEquals(0, listed.exitCode());
        }
    }

    @Test
    void theLengthIsKnownBeforehandFromTheChunksToStore(Seed seed) throws IOException {
        for (int i = 0; i < 6; i++) {
            var machine = Machine.random(seed.random(i));
            var stored = machine.disks.stream().map(XvaWriterTest::chunksOf).toList();
            var out = new ByteArrayOutputStream();
            var xml = machine.ova.xml();
            try (var xva = XvaWriter.open(out, xml, XvaFormat.PLAIN)) {
                for (int d = 0; d < stored.size(); d++) {
                    var target = xva.disk(machine.ova.diskRef(d), stored.get(d));
                    write(machine.disks.get(d), target, seed.random(i));
                    target.commit();
                }
                xva.finish();
            }
            assertEquals(XvaWriter.archiveBytes(xml.length, stored), out.size());
            assertEquals(machine.lines(), ReadDisk.all(out.toByteArray()));
        }
    }

    /// The chunks in which anything was written, zeros included.
    private static DiskBlocks chunksOf(SparseDisk disk) {
        var chunks = XvaWriter.noChunks(disk.size());
        disk.allocated(new Extent(0, disk.size())).forEach(chunks::add);
        return chunks;
    }

    @Test
    void announcedChunksAreStoredEvenIfTheyAreZeros(Seed seed) throws IOException {
        var stored = XvaWriter.noChunks(5 * MIB);
        stored.add(2);
        assertEquals("0 2 4", numbers(Machine.of(new SparseDisk(5 * MIB)), stored));
        assertEquals("0 4", numbers(Machine.of(new SparseDisk(5 * MIB)), XvaWriter.noChunks(5 * MIB)));
        assertEquals("0", numbers(Machine.of(new SparseDisk(512)), XvaWriter.noChunks(512)));
    }

    private static String numbers(Machine machine, DiskBlocks stored) throws IOException {
        var out = new ByteArrayOutputStream();
        try (var xva = XvaWriter.open(out, machine.ova.xml(), XvaFormat.PLAIN)) {
            xva.disk(machine.ova.diskRef(0), stored).commit();
            xva.finish();
        }
        return numbers(out.toByteArray(), machine.ova.diskRef(0));
    }

    private static String numbers(byte[] archive, String ref) throws IOException {
        var numbers = new ArrayList<String>();
        try (var entries = new Entries(new ByteArrayInputStream(archive), "archive")) {
            for (var entry = entries.peek(); entry.isPresent(); entry = entries.peek()) {
                ChunkName.parse(entry.get().name()).filter(name -> name.disk().equals(ref))
                        .ifPresent(name -> numbers.add(Integer.toString(name.number())));
                entries.read(entry.get(), 2 * MIB);
            }
        }
        return String.join(" ", numbers);
    }

    @Test
    void nothingIsLeftOutBehindAFirstDiskShorterThanAMebibyte(Seed seed) throws IOException {
        var machine = Machine.of(new SparseDisk(512), new SparseDisk(4 * MIB + 512));
        assertEquals("0 1 2 3 4", numbers(machine.archive(XvaFormat.PLAIN, seed.random()), machine.ova.diskRef(1)));
        var turned = Machine.of(new SparseDisk(4 * MIB + 512), new SparseDisk(512));
        assertEquals("0 4", numbers(turned.archive(XvaFormat.PLAIN, seed.random()), turned.ova.diskRef(0)));
    }

    @Test
    void anArchiveThatWasNotFinishedIsTakenForCut() throws IOException {
        for (var format : formats()) {
            var out = new ByteArrayOutputStream();
            var machine = Machine.of(new SparseDisk(MIB));
            try (var xva = XvaWriter.open(out, machine.ova.xml(), format)) {
                xva.disk(machine.ova.diskRef(0), MIB).commit();
            }
            assertThrows(XvaException.class, () -> ReadDisk.all(out.toByteArray()), format.toString());
        }
    }

    @Test
    void misuseIsToldApart() throws IOException {
        var machine = Machine.of(new SparseDisk(2 * MIB), new SparseDisk(MIB));
        var ova = machine.ova;
        try (var xva = XvaWriter.open(OutputStream.nullOutputStream(), ova.xml(), XvaFormat.PLAIN)) {
            assertThrows(IllegalArgumentException.class, () -> xva.disk(ova.diskRef(1), MIB), "not the first");
            assertThrows(IllegalArgumentException.class, () -> xva.disk(ova.diskRef(0), MIB), "another size");
            var target = xva.disk(ova.diskRef(0), XvaWriter.noChunks(2 * MIB));
            assertTrue(target.sequential());
            assertFalse(target.needsZeros());
            target.write(100, ByteBuffer.allocate(10));
            assertThrows(IllegalArgumentException.class, () -> target.write(109, ByteBuffer.allocate(1)), "backwards");
            assertThrows(IllegalArgumentException.class, () -> target.write(2 * MIB, ByteBuffer.allocate(1)),
                    "behind the end");
            assertThrows(IllegalStateException.class, () -> xva.disk(ova.diskRef(1), MIB), "the first is not committed");
            assertThrows(IllegalStateException.class, xva::finish);
            target.commit();
            assertThrows(IllegalArgumentException.class, () -> target.write(2 * MIB - 1, ByteBuffer.allocate(1)));
            assertThrows(IllegalStateException.class, xva::finish, "the second is missing");
        }
    }

    @Test
    void dataThatWasNotAnnouncedIsRefused() throws IOException {
        var machine = Machine.of(new SparseDisk(3 * MIB));
        try (var xva = XvaWriter.open(OutputStream.nullOutputStream(), machine.ova.xml(), XvaFormat.PLAIN)) {
            var target = xva.disk(machine.ova.diskRef(0), XvaWriter.noChunks(3 * MIB));
            target.write(MIB, ByteBuffer.wrap(new byte[] {1}));
            assertThrows(IllegalArgumentException.class, target::commit);
        }
    }

    @Test
    void aNewMachineIsDescribedAsItWasGiven() throws Exception {
        var disks = List.of(new NewDisk(new UUID(2, 1), "data <1>", 1024, 27, false),
                new NewDisk(new UUID(2, 0), "root", 512, 0, true));
        var described = new NewOva(new UUID(3, 3), "name", "words", 1L << 31, 4, NewOva.Firmware.BIOS, disks);
        var ova = Ova.parse(described.xml());
        assertEquals(List.of(new OvaMachine("Ref:000", new UUID(3, 3).toString(), "name", "words", false, false, "Halted",
                1L << 31, 4, "bios")), ova.machines());
        assertEquals(List.of("xvda root true", "xvdab data <1> false"), ova.streamedDisks().stream()
                .map(disk -> "%s %s %s".formatted(disk.name(), disk.label(), disk.bootable())).toList());
        assertEquals(described.diskRef(1), ova.streamedDisks().get(1).ref());
        assertEquals(new UUID(2, 1).toString(), ova.streamedDisks().get(1).uuid());
        assertArrayEquals(described.xml(), described.xml());
        assertThrows(IllegalArgumentException.class, () -> new NewDisk(new UUID(0, 0), "", 1000, 0, false));
        assertEquals(1024, NewDisk.sizeFor(1000));
    }
}
