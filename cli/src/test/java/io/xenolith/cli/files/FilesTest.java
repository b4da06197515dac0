package io.xenolith.cli.files;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.xenolith.cli.Program;
import io.xenolith.cli.Xenolith;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Single files out of restore points of disks that other projects' programs made.
class FilesTest {

    private static final int MIB = 1 << 20;

    /// Disks in one restore point each: `plain`, a file system without a table, and `mbr`, the same in partitions 2 and 5.
    @TempDir
    static Path shared;

    private static byte[] picture;

    @TempDir
    Path folder;

    private Xenolith xenolith;

    @BeforeAll
    static void disksWithFiles() throws Exception {
        var tree = Files.createDirectories(shared.resolve("tree/etc/deep er"));
        picture = new byte[300_000];
        new Random(1).nextBytes(picture);
        Files.writeString(shared.resolve("tree/etc/fstab"), "what is mounted\n");
        Files.write(tree.resolve("a \"pic\" <12> ü.png"), picture);
        Files.createSymbolicLink(tree.resolve("link"), Path.of("/etc/passwd"));
        Files.writeString(shared.resolve("tree/top"), "");
        var plain = shared.resolve("plain");
        Program.ok(Tool.search("mke2fs").orElseThrow().toString(), "-q", "-t", "ext4", "-d", shared.resolve("tree").toString(),
                plain.toString(), "8m");
        var xenolith = Xenolith.at(shared.resolve("repository"));
        xenolith.ok("init");
        xenolith.ok("backup", "image", "--vm", "plain", plain.toString());
        xenolith.ok("backup", "image", "--vm", "mbr", mbr(plain).toString());
        xenolith.ok("backup", "image", "--vm", "two", plain.toString(), mbr(plain).toString(), "--time", "2026-01-05T02:00:00Z");
    }

    /// Partition 1 holds nothing, 2 the file system; 3 is extended, with the file system again in the logical partition 5.
    private static Path mbr(Path fileSystem) throws IOException {
        var disk = shared.resolve("mbr");
        try (var channel = FileChannel.open(disk, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            channel.write(table(new int[][] {{0x83, MIB, MIB}, {0x83, 2 * MIB, 8 * MIB}, {0x05, 10 * MIB, 10 * MIB}}), 0);
            channel.write(table(new int[][] {{0x83, MIB, 8 * MIB}, {0x05, 0, MIB}}), 10 * MIB); // a chain that is a ring
            for (long at : new long[] {2 * MIB, 11 * MIB}) {
                channel.write(ByteBuffer.wrap(Files.readAllBytes(fileSystem)), at);
            }
            channel.write(ByteBuffer.allocate(1), 20 * MIB - 1);
        }
        return disk;
    }

    /// A sector with entries of type, offset and length.
    private static ByteBuffer table(int[][] entries) {
        var sector = ByteBuffer.allocate(512).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < entries.length; i++) {
            sector.put(446 + 16 * i + 4, (byte) entries[i][0]);
            sector.putInt(446 + 16 * i + 8, entries[i][1] / 512);
            sector.putInt(446 + 16 * i + 12, entries[i][2] / 512);
        }
        return sector.putShort(510, (short) 0xaa55);
    }

    @BeforeEach
    void theRepository() {
        xenolith = Xenolith.at(shared.resolve("repository"));
    }

    private static TreeSet<String> names(JsonNode listing) {
        var names = new TreeSet<String>();
        listing.get("entries").forEach(entry -> names.add(entry.get("type").stringValue() + " " + entry.get("name").stringValue()));
        return names;
    }

    @Test
    void aDirectoryIsListed() {
        assertEquals(new TreeSet<>(List.of("directory etc", "directory lost+found", "file top")),
                names(xenolith.json("files", "plain@latest")));
        var deep = xenolith.json("files", "plain@latest", "/etc/deep er");
        assertEquals(new TreeSet<>(List.of("file a \"pic\" <12> ü.png", "other link")), names(deep));
        assertEquals(picture.length, deep.get("entries").valueStream().mapToLong(entry -> entry.get("size").longValue()).sum());
        assertTrue(xenolith.ok("files", "plain@latest", "etc").text().contains("fstab"));
    }

    @Test
    void aFileIsTakenOut() throws IOException {
        assertEquals("what is mounted\n", xenolith.ok("files", "plain@latest", "/etc/fstab", "-o", "-").text());
        var file = folder.resolve("picture");
        var path = "/etc/deep er/a \"pic\" <12> ü.png";
        xenolith.ok("files", "plain@latest", path, "-o", file.toString());
        assertArrayEquals(picture, Files.readAllBytes(file));
        xenolith.ok("files", "plain@latest", path, "-o", folder.toString());
        assertArrayEquals(picture, Files.readAllBytes(folder.resolve("a \"pic\" <12> ü.png")));
        xenolith.fails(1, List.of("exists already"), "files", "plain@latest", path, "-o", file.toString());
    }

    @Test
    void aDirectoryIsTakenOutWithoutItsLinks() throws IOException {
        var extracted = xenolith.json("files", "plain@latest", "/etc", "-o", folder.resolve("etc").toString());
        assertEquals("what is mounted\n", Files.readString(folder.resolve("etc/fstab"), UTF_8));
        assertArrayEquals(picture, Files.readAllBytes(folder.resolve("etc/deep er/a \"pic\" <12> ü.png")));
        assertEquals("link", extracted.get("leftOut").get(0).stringValue());
        assertEquals(2, extracted.get("files").intValue());
        try (var left = Files.list(folder)) {
            assertEquals(List.of(folder.resolve("etc")), left.toList());
        }
    }

    @Test
    void whereSeveralPartitionsCanBeReadOneIsChosen() {
        var partitions = xenolith.json("files", "mbr@latest").get("partitions");
        assertEquals("[1 unknown, 2 ext2/3/4, 5 ext2/3/4]", partitions.valueStream()
                .map(part -> part.get("number").intValue() + " " + part.get("fileSystem").stringValue()).toList().toString());
        xenolith.fails(2, List.of("--partition", "partition 2 (ext2/3/4)"), "files", "mbr@latest", "/etc");
        for (var number : List.of("2", "5")) {
            assertEquals("what is mounted\n", xenolith.ok("files", "mbr@latest", "/etc/fstab", "--partition", number, "-o", "-").text());
        }
        xenolith.fails(1, List.of("partition 1 (unknown)", "docs/files.md"), "files", "mbr@latest", "--partition", "1");
        xenolith.fails(2, List.of("--partition 7"), "files", "mbr@latest", "--partition", "7");
    }

    @Test
    void aGptIsRead() throws Exception {
        var sfdisk = Tool.search("sfdisk");
        assumeTrue(sfdisk.isPresent(), "sfdisk makes the table");
        var disk = folder.resolve("gpt");
        try (var channel = FileChannel.open(disk, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(Files.readAllBytes(shared.resolve("plain"))), 4 * MIB);
            channel.write(ByteBuffer.allocate(1), 16 * MIB - 1);
        }
        Files.writeString(folder.resolve("script"), "label: gpt\n3 : start=8192, size=16384\n1 : start=2048, size=2048\n");
        assertEquals(0, new ProcessBuilder(sfdisk.get().toString(), "-q", disk.toString())
                .redirectInput(folder.resolve("script").toFile()).start().waitFor());
        xenolith.ok("backup", "image", "--vm", "gpt", disk.toString());
        var top = xenolith.json("files", "gpt@latest");
        assertEquals(3, top.get("partition").intValue());
        assertTrue(names(top).contains("file top"));
    }

    @Test
    void oneOfSeveralDisksIsNamed() {
        xenolith.fails(2, List.of("two@2026-01-05T02:00:DISK", "xvda, xvdb"), "files", "two@2026-01-05T02:00");
        assertTrue(names(xenolith.json("files", "two@2026-01-05T02:00:xvda")).contains("file top"));
        xenolith.fails(2, List.of("no disk called xvdc"), "files", "two@latest:xvdc");
    }

    @Test
    void whatIsNotThereIsSaid() {
        xenolith.fails(1, List.of("/etc/nothing", "'nothing'"), "files", "plain@latest", "/etc/nothing");
        xenolith.fails(1, List.of("'below'"), "files", "plain@latest", "/etc/fstab/below");
        xenolith.fails(1, List.of("is a link"), "files", "plain@latest", "/etc/deep er/link", "-o", folder.resolve("x").toString());
        xenolith.fails(2, List.of("only a file"), "files", "plain@latest", "/etc", "-o", "-");
    }

    @Test
    void sevenZipReadsWhatItKnows() throws Exception {
        var sevenZip = Tool.search("7zz", "7z");
        assumeTrue(sevenZip.isPresent(), "7-Zip is not installed");
        // it knows ext4, too, so that nothing else is needed to try it
        var reader = new SevenZip(new Tool(sevenZip.get(), folder), shared.resolve("plain"));
        var extraction = new Extraction(reader);
        var etc = reader.list(reader.root()).stream().filter(entry -> entry.name().equals("etc")).findAny().orElseThrow();
        extraction.copy(etc, folder.resolve("etc"));
        assertEquals("what is mounted\n", Files.readString(folder.resolve("etc/fstab"), UTF_8));
        assertArrayEquals(picture, Files.readAllBytes(folder.resolve("etc/deep er/a \"pic\" <12> ü.png")));
        assertEquals(List.of("link"), extraction.leftOut());
    }

    @Test
    void namesThatLeadElsewhereAreNotWritten() throws Exception {
        var bad = List.of("..", ".", "", "a/b", "a\nb", "\u001b[2J");
        var extraction = new Extraction(new FileReader() {
            @Override
            public FileEntry root() {
                return new FileEntry("", FileEntry.Type.DIRECTORY, 0, "");
            }

            @Override
            public List<FileEntry> list(FileEntry directory) {
                return bad.stream().map(name -> new FileEntry(name, FileEntry.Type.FILE, 0, name)).toList();
            }

            @Override
            public void read(FileEntry file, OutputStream target) {
                throw new AssertionError("it was read: " + file);
            }
        });
        extraction.copy(new FileEntry("d", FileEntry.Type.DIRECTORY, 0, ""), folder.resolve("d"));
        assertEquals(bad, extraction.leftOut());
    }
}
