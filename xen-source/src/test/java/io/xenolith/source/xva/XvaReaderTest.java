package io.xenolith.source.xva;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.xenolith.engine.Seed;
import io.xenolith.engine.SeedExtension;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// Archives that another program made, in every variant.
@ExtendWith(SeedExtension.class)
class XvaReaderTest {
    @TempDir
    static Path folder;

    @BeforeAll
    static void makeArchives() throws IOException, InterruptedException {
        var made = Peers.python("make_xva.py", folder);
        assertEquals(0, made.exitCode(), made.output());
    }

    private static Stream<Path> variants() throws IOException {
        return Files.list(folder).filter(file -> file.toString().endsWith(".disks")).sorted();
    }

    private static Path archive(String variant) {
        return folder.resolve(variant + ".xva");
    }

    private static XvaReader open(String variant) throws IOException {
        return XvaReader.open(Files.newInputStream(archive(variant)), variant);
    }

    private static Ova ova(String variant) throws IOException {
        try (var xva = open(variant)) {
            return xva.ova();
        }
    }

    @TestFactory
    Stream<DynamicTest> everyVariantIsReadToTheByte() throws IOException {
        return variants().map(disks -> DynamicTest.dynamicTest(disks.getFileName().toString(), () -> {
            var archive = archive(disks.getFileName().toString().replace(".disks", ""));
            assertEquals(Files.readAllLines(disks), ReadDisk.all(archive, ReadDisk.heap(4 << 20)));
        }));
    }

    @Test
    void itDoesNotMatterHowADiskIsTaken(Seed seed) throws IOException {
        for (var variant : List.of("chunks-without-bytes", "padded-last-chunk", "suspended")) {
            var expected = Files.readAllLines(folder.resolve(variant + ".disks"));
            for (var way : List.of(ReadDisk.heap(30_000), ReadDisk.heap(1 << 20), ReadDisk.heap((1 << 20) + 512),
                    ReadDisk.direct(3 << 20), ReadDisk.skipping(seed.random()))) {
                assertEquals(expected, ReadDisk.all(archive(variant), way), variant);
            }
        }
    }

    @Test
    void aDiskThatNobodyReadsIsPassedOver() throws IOException {
        try (var xva = open("three-disks")) {
            assertEquals("Ref:1", xva.next().orElseThrow().ovaDisk().ref());
            var second = xva.next().orElseThrow();
            second.read(ByteBuffer.allocate(1000));
            assertEquals("Ref:9", xva.next().orElseThrow().ovaDisk().ref());
            assertEquals(Optional.empty(), xva.next());
            assertEquals(Optional.empty(), xva.next());
        }
    }

    @Test
    void chunksLeftOutAreSkippedWithoutBeingRead() throws IOException {
        try (var xva = open("plain")) {
            var disk = xva.next().orElseThrow();
            assertEquals(0, disk.skipZeros(100), "the first chunk");
            disk.read(ByteBuffer.allocate(1 << 20));
            assertEquals(5, disk.skipZeros(5));
            assertEquals((3 << 20) - 5, disk.skipZeros(Long.MAX_VALUE));
            assertEquals(0, disk.skipZeros(Long.MAX_VALUE));
        }
    }

    @Test
    void theMetadataIsKeptToTheByte() throws IOException {
        try (var xva = open("plain")) {
            var archive = Files.readAllBytes(archive("plain"));
            assertArrayEquals(xva.ovaXml(), Arrays.copyOfRange(archive, 512, 512 + xva.ovaXml().length));
        }
    }

    @Test
    void theOrderOfTheDisksIsReported() throws IOException {
        assertTrue(inOrder("three-disks"));
        assertFalse(inOrder("three-disks-out-of-order"));
        assertTrue(inOrder("disk-of-0-bytes"));
        assertEquals(List.of("Ref:1", "Ref:10", "Ref:9"),
                ova("three-disks").streamedDisks().stream().map(OvaDisk::ref).toList(), "the text order of references");
    }

    private static boolean inOrder(String variant) throws IOException {
        try (var xva = open(variant)) {
            ReadDisk.all(xva, ReadDisk.heap(1 << 20));
            return xva.inOrder();
        }
    }

    @Test
    void metadataWithoutDisksIsToldFromAnArchiveThatLostThem() throws IOException {
        try (var xva = open("metadata-only")) {
            assertTrue(xva.metadataOnly());
            assertEquals(1, xva.ova().streamedDisks().size());
            var e = assertThrows(XvaException.class, xva::next);
            assertTrue(e.getMessage().contains("metadata only"), e.getMessage());
        }
        try (var xva = open("no-disk")) {
            assertFalse(xva.metadataOnly());
            assertEquals(Optional.empty(), xva.next());
        }
    }

    @Test
    void aMachineAndItsDisksAreDescribed() throws IOException {
        var ova = ova("plain");
        assertEquals(new OvaVersion("localhost", "2024-05-14", "8.2.1", "XCP-ng", "x", 1, 20, 2), ova.version());
        assertEquals(List.of(new OvaMachine("Ref:1", "vm-Ref:1", "web & co", "", false, false, "Halted", 1 << 30, 2,
                "uefi")), ova.machines());
        assertEquals(List.of(new OvaDisk("Ref:7", "vdi-Ref:7", "xvda", "disk Ref:7", 7_008_256, OvaDisk.Kind.DISK, "", "0",
                true, Optional.of("Ref:1"))), ova.streamedDisks());
    }

    @Test
    void aMemoryImageIsADiskOfItsMachine() throws IOException {
        var image = ova("suspended").streamedDisks().getFirst();
        assertEquals("suspend", image.name());
        assertEquals(OvaDisk.Kind.SUSPEND, image.kind());
        assertEquals(Optional.of("Ref:1"), image.machine());
    }

    @Test
    void drivesWithoutDataTellWhy() throws IOException {
        assertEquals(List.of(
                new OvaDrive("Ref:40", "Ref:1", "3", "", "it is an empty CD drive"),
                new OvaDrive("Ref:41", "Ref:1", "4", "disk Ref:30", "it is a CD drive"),
                new OvaDrive("Ref:42", "Ref:1", "5", "disk Ref:31", "its disk is a file of an ISO library")),
                ova("drives-without-data").drives());
    }

    @Test
    void namesAreUniqueWithinEachOfSeveralMachines() throws IOException {
        var ova = ova("two-machines");
        assertEquals(2, ova.machines().size());
        assertEquals(List.of("xvda", "xvda"), ova.streamedDisks().stream().map(OvaDisk::name).toList());
        assertTrue(ova("snapshot").machines().getFirst().template());
    }
}
