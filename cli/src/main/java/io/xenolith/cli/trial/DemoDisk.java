package io.xenolith.cli.trial;

import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.WRITE;

import io.xenolith.cli.Temporary;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// A small disk, and what a day does to it. With `mke2fs` and `debugfs` at hand it is a real file system, and a day writes a
/// file to it; else it is made-up data, and a day writes over some of it.
///
/// @param folder    where everything lies
/// @param first     the disk's image on the first day
/// @param dataBytes that were put on it
/// @param tools     where e2fsprogs lies, if it does
public record DemoDisk(Path folder, Path first, long dataBytes, Optional<Path> tools) {

    private static final long DISK_BYTES = 256L << 20;
    private static final int FILES = 48;
    private static final int FILE_BYTES = 1 << 20;
    private static final int BLOCK_BYTES = 64 << 10;
    private static final int CHANGED_PLACES = 24;
    private static final List<String> FOLDERS = List.of("/usr/sbin", "/sbin", "/usr/local/sbin", "/usr/bin");

    /// The disk a day later.
    ///
    /// @param image        its image
    /// @param bitmap       what changed, as XAPI would tell it
    /// @param changedBlocks blocks of 64 KiB in which something changed
    /// @param bytesWritten by the machine
    public record Day(Path image, Path bitmap, int changedBlocks, long bytesWritten) {
    }

    public static DemoDisk make(Path folder) throws IOException, InterruptedException {
        var tools = FOLDERS.stream().map(Path::of).filter(place -> Files.isExecutable(place.resolve("mke2fs"))
                && Files.isExecutable(place.resolve("debugfs"))).findFirst();
        var disk = new DemoDisk(folder, folder.resolve("monday.raw"), (long) FILES * FILE_BYTES, tools);
        if (tools.isPresent()) {
            disk.makeFileSystem();
        } else {
            disk.makeUp();
        }
        return disk;
    }

    /// What it is, in words.
    public String kind() {
        return tools.isPresent() ? "an ext4 file system" : "made-up data";
    }

    private void makeFileSystem() throws IOException, InterruptedException {
        try (var content = Temporary.in(folder, "content-")) {
            for (int i = 0; i < FILES; i++) {
                Files.write(content.path().resolve("file-" + i), SampleData.bytes(i, FILE_BYTES));
            }
            tool("mke2fs", "-q", "-F", "-t", "ext4", "-d", content.path().toString(), first.toString(),
                    DISK_BYTES / 1024 + "k");
        }
    }

    private void makeUp() throws IOException {
        try (var channel = FileChannel.open(first, CREATE_NEW, WRITE)) {
            for (int i = 0; i < FILES; i++) {
                write(channel, SampleData.bytes(i, FILE_BYTES), i * (DISK_BYTES / FILES / BLOCK_BYTES * BLOCK_BYTES));
            }
        }
        try (var file = new RandomAccessFile(first.toFile(), "rw")) {
            file.setLength(DISK_BYTES);
        }
    }

    private static void write(FileChannel channel, byte[] bytes, long offset) throws IOException {
        var left = ByteBuffer.wrap(bytes);
        while (left.hasRemaining()) {
            channel.write(left, offset + left.position());
        }
    }

    /// Lets the machine write for a day.
    public Day nextDay() throws IOException, InterruptedException {
        var image = folder.resolve("tuesday.raw");
        copySparsely(first, image);
        long written = tools.isPresent() ? addFile(image) : overwrite(image);
        var changed = changedBlocks(image);
        var bitmap = folder.resolve("tuesday.cbt");
        Files.writeString(bitmap, Base64.getEncoder().encodeToString(changed));
        int blocks = 0;
        for (byte eight : changed) {
            blocks += Integer.bitCount(eight & 0xFF);
        }
        return new Day(image, bitmap, blocks, written);
    }

    private static void copySparsely(Path from, Path to) throws IOException {
        try (var in = FileChannel.open(from); var out = FileChannel.open(to, CREATE_NEW, WRITE)) {
            var block = ByteBuffer.allocate(BLOCK_BYTES);
            var zeros = new byte[BLOCK_BYTES];
            for (long at = 0; in.read(block.clear(), at) > 0; at += BLOCK_BYTES) {
                if (!Arrays.equals(block.array(), zeros)) {
                    write(out, Arrays.copyOf(block.array(), block.position()), at);
                }
            }
        }
        try (var file = new RandomAccessFile(to.toFile(), "rw")) {
            file.setLength(Files.size(from));
        }
    }

    private long addFile(Path image) throws IOException, InterruptedException {
        var diary = folder.resolve("diary");
        Files.write(diary, SampleData.bytes(FILES, FILE_BYTES));
        tool("debugfs", "-w", "-R", "write %s diary".formatted(diary), image.toString());
        Files.delete(diary);
        return FILE_BYTES;
    }

    private static long overwrite(Path image) throws IOException {
        try (var channel = FileChannel.open(image, WRITE)) {
            for (int i = 0; i < CHANGED_PLACES; i++) {
                write(channel, SampleData.bytes(1000 + i, BLOCK_BYTES / 2), i * (DISK_BYTES / CHANGED_PLACES));
            }
        }
        return CHANGED_PLACES * BLOCK_BYTES / 2L;
    }

    /// A bit for each block, the first one's the highest of the first byte.
    private byte[] changedBlocks(Path image) throws IOException {
        var bits = new byte[(int) (DISK_BYTES / BLOCK_BYTES / 8)];
        try (var before = FileChannel.open(first); var after = FileChannel.open(image)) {
            var old = ByteBuffer.allocate(BLOCK_BYTES);
            var now = ByteBuffer.allocate(BLOCK_BYTES);
            for (int block = 0; block < bits.length * 8; block++) {
                before.read(old.clear(), (long) block * BLOCK_BYTES);
                after.read(now.clear(), (long) block * BLOCK_BYTES);
                if (!Arrays.equals(old.array(), now.array())) {
                    bits[block / 8] |= (byte) (0x80 >> block % 8);
                }
            }
        }
        return bits;
    }

    private void tool(String name, String... args) throws IOException, InterruptedException {
        var command = Stream.concat(Stream.of(tools.orElseThrow().resolve(name).toString()), Stream.of(args)).toList();
        var log = folder.resolve(name + ".log");
        var process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
        try {
            if (!process.waitFor(1, TimeUnit.MINUTES) || process.exitValue() != 0) {
                throw new IOException("%s failed: %s".formatted(name, Files.readString(log).strip()));
            }
        } finally {
            process.destroyForcibly();
        }
        Files.delete(log);
    }
}
