package io.xenolith.source.xva;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.xenolith.engine.Seed;
import io.xenolith.engine.SeedExtension;
import io.xenolith.source.fuzz.XvaFuzz;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Archives that are cut, damaged, or made to do harm.
@ExtendWith(SeedExtension.class)
class HostileXvaTest {
    private static final String FIRST = "Ref:004";
    private static final String SECOND = "Ref:005";
    private static final int FIRST_BYTES = 1024;
    private static final int SECOND_BYTES = 512;
    private static final byte[] NOISE = noise(FIRST_BYTES);

    private static byte[] noise(int length) {
        var bytes = new byte[length];
        new Random(1).nextBytes(bytes);
        return bytes;
    }

    /// A machine with a disk of 1024 bytes and one of 512.
    private static byte[] ovaXml() {
        return ovaXml(FIRST_BYTES, SECOND_BYTES);
    }

    private static byte[] ovaXml(long first, long second) {
        return new NewOva(new UUID(0, 0), "name", "", 1 << 30, 1, NewOva.Firmware.BIOS,
                List.of(new NewDisk(new UUID(1, 0), "", first, 0, true), new NewDisk(new UUID(1, 1), "", second, 1, false)))
                .xml();
    }

    /// The same two disks in as few words as a reader needs, so that every byte can be tried.
    private static byte[] shortOvaXml() {
        return ("<value>" + struct("version", struct("export_vsn", "2"), "objects", "<array><data>"
                + object("VBD", "Ref:002", struct("VDI", FIRST)) + object("VBD", "Ref:003", struct("VDI", SECOND))
                + object("VDI", FIRST, struct("virtual_size", "1024")) + object("VDI", SECOND, struct("virtual_size", "512"))
                + "</data></array>") + "</value>").getBytes(StandardCharsets.UTF_8);
    }

    private static String object(String type, String ref, String record) {
        return "<value>" + struct("class", type, "id", ref, "snapshot", record) + "</value>";
    }

    private static String struct(String... namesAndValues) {
        var members = new StringBuilder();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            members.append("<member><name>%s</name><value>%s</value></member>"
                    .formatted(namesAndValues[i], namesAndValues[i + 1]));
        }
        return "<struct>" + members + "</struct>";
    }

    private static String ovaText() {
        return new String(ovaXml(), StandardCharsets.UTF_8);
    }

    private static byte[] second() {
        return Arrays.copyOf(NOISE, SECOND_BYTES);
    }

    private static TarBuilder afterOva() {
        return new TarBuilder().ova(ovaXml());
    }

    private static TarBuilder afterFirst() {
        return afterOva().chunk(FIRST + "/00000000", NOISE);
    }

    private static byte[] whole(Compression compression) throws IOException {
        var out = new ByteArrayOutputStream();
        try (var packed = compression.pack(out)) {
            packed.write(new TarBuilder().ova(shortOvaXml()).chunk(FIRST + "/00000000", NOISE)
                    .chunk(SECOND + "/00000000", second()).end());
        }
        return out.toByteArray();
    }

    private static void assertRefused(String finding, byte[] archive) {
        var e = assertThrows(XvaException.class, () -> ReadDisk.all(archive), finding);
        assertTrue(e.getMessage().contains(finding), e.getMessage());
    }

    @Test
    void aTruncatedArchiveIsRefusedAtEveryLength() throws IOException {
        for (var compression : Compression.values()) {
            var archive = whole(compression);
            assertEquals(2, ReadDisk.all(archive).size());
            for (int length = 0; length < archive.length; length++) {
                var cut = Arrays.copyOf(archive, length);
                assertThrows(XvaException.class, () -> ReadDisk.all(cut), compression + " cut at " + length);
            }
        }
    }

    @Test
    void aFlippedBitInAnyByteIsRefusedOrDoesNoHarmToTheDisks(Seed seed) throws IOException {
        var random = seed.random();
        for (var compression : Compression.values()) {
            var archive = whole(compression);
            var expected = ReadDisk.all(archive);
            for (int at = 0; at < archive.length; at++) {
                var damaged = archive.clone();
                damaged[at] ^= (byte) (1 << random.nextInt(8));
                try {
                    assertEquals(expected, ReadDisk.all(damaged), compression + " damaged at " + at);
                } catch (XvaException _) {
                    // refused
                }
            }
        }
    }

    @Test
    void aDamagedChunkIsNamedWithItsPlace() {
        var archive = afterFirst().chunk(SECOND + "/00000000", second()).end();
        int chunk = afterFirst().cut().length;
        archive[chunk + 600] ^= 1;
        assertRefused("archive, entry Ref:005/00000000 at byte %d: its checksum is".formatted(chunk), archive);
    }

    @Test
    void chunksOutOfPlaceAreRefused() {
        assertRefused("disk Ref:004 has ended at byte 0 of 1024",
                afterOva().chunk(FIRST + "/00000000", new byte[0]).chunk("x", NOISE).end());
        assertRefused("a chunk of a disk should stand here", afterOva().chunk(FIRST + "/0000000", NOISE).end());
        assertRefused("a chunk of a disk should stand here", afterOva().chunk(FIRST + "/000000000", NOISE).end());
        assertRefused("a chunk of a disk should stand here", afterOva().chunk("/00000000", NOISE).end());
        assertRefused("names no disk ../../etc", afterOva().chunk("../../etc/00000000", NOISE).end());
        assertRefused("names no disk Ref:00 ", afterOva().chunk("Ref:00/00000000", NOISE).end());
        assertRefused("names no disk Ref:002 ", afterOva().chunk("Ref:002/00000000", NOISE).end());
        assertRefused("should follow, but does not", afterOva().entry(FIRST + "/00000000", NOISE).end());
        assertRefused("should follow, but does not", afterOva().entry(FIRST + "/00000000", NOISE)
                .entry(FIRST + "/00000001.xxhash", new byte[16]).end());
        assertRefused("its last chunk is missing", afterOva().chunk(FIRST + "/00000000", second()).end());
        assertRefused("its last chunk is missing", afterOva().chunk(FIRST + "/00000000", second())
                .chunk(SECOND + "/00000000", second()).end());
        assertRefused("comes after chunk 00000001", afterOva().chunk(FIRST + "/00000001", new byte[256])
                .chunk(FIRST + "/00000001", NOISE).end());
        assertRefused("comes after chunk 00000001", afterOva().chunk(FIRST + "/00000001", new byte[256])
                .chunk(FIRST + "/00000000", NOISE).end());
    }

    @Test
    void disksThatComeTwiceOrNotAtAllAreRefused() {
        assertRefused("has come already", afterFirst().chunk(FIRST + "/00000000", NOISE).end());
        assertRefused("has come already", afterFirst().chunk(FIRST + "/00000001", NOISE).end());
        assertRefused("disk Ref:005 of 512 bytes has not come", afterFirst().end());
        assertRefused("a chunk of a disk should stand here", afterFirst().entry("README", NOISE).end());
        assertRefused("a chunk of a disk should stand here", afterFirst().chunk(SECOND + "/00000000", second())
                .entry("checksum.xml", NOISE).end());
    }

    @Test
    void chunksThatDoNotFitOnTheirDiskAreRefused() {
        assertRefused("it belongs at byte 1024 of disk Ref:004", afterOva().chunk(FIRST + "/00000001", NOISE).end());
        assertRefused("it belongs at byte", afterOva().chunk(FIRST + "/99999999", NOISE).end());
        assertRefused("do not fit on disk", afterOva().chunk(FIRST + "/00000000", new byte[FIRST_BYTES + (1 << 20)]).end());
        assertRefused("holds data behind the end of disk", afterOva().chunk(FIRST + "/00000000", noise(2048)).end());
        assertRefused("cannot be told", afterOva().chunk(FIRST + "/00000000", new byte[0])
                .chunk(FIRST + "/00000002", NOISE).end());
    }

    @Test
    void headersThatLieAreRefused() {
        var name = FIRST + "/00000000";
        for (var size : List.of("999999999999", "0000000000x ", "            ", "-0000000001 ",
                "\u0080\0\0\0\0\0\0\0\0\0\u0010\0")) {
            assertRefused("the size in the header is not an octal number", afterOva().header(name, 0, 124, size).end());
        }
        assertRefused("more than", afterOva().header(name, (1L << 33) - 1).end());
        assertRefused("more than", new TarBuilder().header("ova.xml", (1L << 33) - 1).end());
        assertRefused("the archive is cut", afterOva().header(name, 1 << 20).end());
        assertRefused("a checksum of 17 bytes", afterOva().entry(name, NOISE).entry(name + ".xxhash", new byte[17]).end());
        assertRefused("is no file but of type 53", afterOva().header(FIRST + "/", 0, 156, "5").end());
        assertRefused("is no file but of type 50", afterOva().header(name, 0, 156, "2").end());
        assertRefused("is no file but of type 76", afterOva().header("././@LongLink", 0, 156, "L").end());
        assertRefused("not printable ASCII", afterOva().header(name, 0, 4, "\u00e9").end());
        assertRefused("not printable ASCII", afterOva().header("", 0).end());
        assertRefused("longer than those of an XVA", afterOva().header(name, 0, 257, "ustar\0" + "x".repeat(200)).end());
    }

    @Test
    void theEndMustBeOne() {
        var whole = afterFirst().chunk(SECOND + "/00000000", second());
        assertRefused("something follows the block that ends", new TarBuilder().raw(whole.cut()).raw(new byte[512])
                .raw(NOISE).cut());
        assertRefused("something follows the block that ends", new TarBuilder().raw(whole.cut()).raw(new byte[1024 + 511])
                .raw(new byte[] {1}).cut());
        assertRefused("more than", new TarBuilder().raw(whole.cut()).raw(new byte[(16 << 20) + 1024]).cut());
    }

    @Test
    void whatIsNoArchiveSaysWhatItIs() {
        assertRefused("it is empty", new byte[0]);
        assertRefused("is cut", new byte[] {'o'});
        assertRefused("it is no XVA", new byte[512]);
        assertRefused("it is no XVA", noise(1024));
        assertRefused("an answer of a web server", Arrays.copyOf("HTTP/1.1 500 Internal Server Error".getBytes(), 512));
        assertRefused("it is a VHD", Arrays.copyOf("conectix".getBytes(), 512));
        assertRefused("begins with vdi/00000000 instead", new TarBuilder().chunk("vdi/00000000", NOISE).end());
        assertRefused("cannot be uncompressed", new byte[] {0x1f, (byte) 0x8b, 8, 0});
        assertRefused("cannot be uncompressed", new byte[] {0x28, (byte) 0xb5, 0x2f, (byte) 0xfd});
    }

    @Test
    void whatFollowsACompressedArchiveIsRefused() throws IOException {
        for (var compression : List.of(Compression.GZIP, Compression.ZSTD)) {
            assertRefused("cannot be uncompressed", new TarBuilder().raw(whole(compression)).raw(NOISE).cut());
        }
    }

    @Test
    void metadataThatMakesNoSenseIsRefused() {
        var ova = ovaText();
        assertRefused("an XVA of version 1", ovaArchive("<appliance version=\"0.1\"><vm name=\"a\"/></appliance>"));
        assertRefused("the root element is <html>", ovaArchive("<html/>"));
        assertRefused("no XML", ovaArchive("PK\3\4"));
        assertRefused("no XML", ovaArchive(""));
        assertRefused("not a struct with a version", ovaArchive("<value>x</value>"));
        assertRefused("not a struct with a version", ovaArchive(ova.replace("<name>version<", "<name>vision<")));
        assertRefused("a document type declaration",
                ovaArchive("<!DOCTYPE a [<!ENTITY l 'lol'>]>" + ova.replace("Halted", "&l;")));
        assertRefused("nest deeper", ovaArchive("<value><array><data>".repeat(50)));
        assertRefused("the virtual_size of disk", ovaArchive(ova.replace(">1024<", ">-1<")));
        assertRefused("the virtual_size of disk", ovaArchive(ova.replace(">1024<", ">many<")));
        assertRefused("the virtual_size of disk", ovaArchive(ova.replace(">1024<", ">9223372036854775807<")));
        assertRefused("the virtual_size of disk", ovaArchive(ova.replace("virtual_size", "virtual_sise")));
        assertRefused("two objects of class VDI", 
                ovaArchive(ova.replace("<name>id</name><value>Ref:005", "<name>id</name><value>Ref:004")));
        for (var ref : List.of("../x", "/x", ".", "a/b", "", "x".repeat(92), "é")) {
            assertRefused("cannot be the name of a folder", ovaArchive(ova.replace("Ref:004", ref)));
        }
    }

    private static byte[] ovaArchive(String xml) {
        return new TarBuilder().ova(xml.getBytes(StandardCharsets.UTF_8)).end();
    }

    @Test
    void namesOfDevicesThatWouldNotDoForFilesAreNotUsed() throws OvaException {
        var ova = ovaText();
        assertEquals("xvda", Ova.parse(ova.getBytes()).streamedDisks().getFirst().name());
        for (var device : List.of("../../etc/passwd", "a b", "..", "x".repeat(40))) {
            var named = ova.replace("<name>device</name><value></value>",
                    "<name>device</name><value>" + device + "</value>");
            assertNotEquals(ova, named);
            assertEquals(List.of("xvda", "xvdb"),
                    Ova.parse(named.getBytes()).streamedDisks().stream().map(OvaDisk::name).toList());
        }
        var alike = ova.replace("<name>device</name><value></value>", "<name>device</name><value>hda</value>");
        assertEquals(List.of("hda", "hda-2"),
                Ova.parse(alike.getBytes()).streamedDisks().stream().map(OvaDisk::name).toList());
    }

    @Test
    void sizesThatLieTakeNoMemory() {
        var bean = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        for (var archive : List.of(new TarBuilder().header("ova.xml", 255 << 20).cut(),
                new TarBuilder().header("ova.xml", (1L << 33) - 1).cut(),
                afterOva().header(FIRST + "/00000000", 1 << 20).cut(),
                new TarBuilder().ova(ovaXml(90_000_000L << 20, 512)).chunk(FIRST + "/00000000", new byte[512])
                        .chunk(FIRST + "/88888888", new byte[512]).cut())) {
            long before = bean.getCurrentThreadAllocatedBytes();
            assertThrows(XvaException.class, () -> passOver(archive));
            long allocated = bean.getCurrentThreadAllocatedBytes() - before;
            assertTrue(allocated < 12 << 20, allocated + " bytes");
        }
    }

    /// Goes through an archive without taking its disks, so that gaps cost no time.
    private static void passOver(byte[] archive) throws IOException {
        try (var xva = XvaReader.open(new ByteArrayInputStream(archive), "archive")) {
            while (xva.next().isPresent()) {
                // the next one reads this one to its end
            }
        }
    }

    @Test
    void afterAFailureNothingIsReadAnyMore() throws IOException {
        var archive = afterFirst().chunk(SECOND + "/00000000", second()).end();
        archive[afterOva().cut().length + 600] ^= 1;
        try (var xva = XvaReader.open(new ByteArrayInputStream(archive), "archive")) {
            var disk = xva.next().orElseThrow();
            var first = assertThrows(XvaException.class, () -> disk.read(ByteBuffer.allocate(100)));
            assertSame(first, assertThrows(IOException.class, () -> disk.read(ByteBuffer.allocate(100))).getCause());
            assertThrows(IOException.class, () -> disk.skipZeros(1));
            assertThrows(IOException.class, xva::next);
            assertThrows(IOException.class, xva::next);
        }
    }

    @Test
    void aStreamThatFailsIsNoDamagedArchive() throws IOException {
        for (var compression : Compression.values()) {
            var half = Arrays.copyOf(whole(compression), 300);
            var failing = new SequenceInputStream(new ByteArrayInputStream(half), new InputStream() {
                @Override
                public int read() throws IOException {
                    throw new IOException("connection reset");
                }
            });
            var e = assertThrows(IOException.class, () -> XvaReader.open(failing, "archive").close());
            assertEquals("connection reset", e.getMessage());
            assertTrue(!(e instanceof XvaException), compression.toString());
        }
    }

    @Test
    void whateverComesFailsAsDeclared(Seed seed) throws IOException {
        var archive = whole(Compression.NONE);
        for (int i = 0; i < 300; i++) {
            var random = seed.random(i);
            var damaged = archive.clone();
            for (int times = random.nextInt(1, 5); times > 0; times--) {
                int from = random.nextInt(archive.length);
                int to = random.nextInt(archive.length);
                int length = random.nextInt(1, 1 + Math.min(2000, archive.length - Math.max(from, to)));
                System.arraycopy(archive, from, damaged, to, length);
            }
            XvaFuzz.archive(damaged);
        }
    }
}
