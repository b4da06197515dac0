package io.xenolith.source.raw;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class RawImageTest {
    @TempDir
    Path directory;

    @Test
    void aRegularFileIsADiskAtRest() throws IOException {
        var file = Files.write(directory.resolve("disk"), new byte[10]);
        try (var image = RawImage.open(file)) {
            assertEquals(10, assertInstanceOf(RawFile.class, image).size());
        }
    }

    @Test
    void aSymbolicLinkIsFollowed() throws IOException {
        var file = Files.write(directory.resolve("disk"), new byte[10]);
        try (var image = RawImage.open(Files.createSymbolicLink(directory.resolve("link"), file))) {
            assertEquals(10, assertInstanceOf(RawFile.class, image).size());
        }
    }

    @Test
    void aMissingFileIsToldByName() {
        var e = assertThrows(NoSuchFileException.class, () -> RawImage.open(directory.resolve("absent")));
        assertTrue(e.getMessage().contains("absent"), e.getMessage());
        assertTrue(e.getMessage().contains("check the path"), e.getMessage());
    }

    @Test
    void aDirectoryIsRefused() {
        var e = assertThrows(FileSystemException.class, () -> RawImage.open(directory));
        assertTrue(e.getMessage().contains("is a directory"), e.getMessage());
    }

    @Test
    void aCharacterDeviceIsRefused() {
        assumeTrue(Files.exists(Path.of("/dev/zero")), "no devices here");
        var e = assertThrows(FileSystemException.class, () -> RawImage.open(Path.of("/dev/zero")));
        assertTrue(e.getMessage().contains("is a character device"), e.getMessage());
    }

    @Test
    @Timeout(20)
    void aNamedPipeArrivesAsAStream() throws Exception {
        var pipe = directory.resolve("pipe");
        assumeTrue(makesPipe(pipe), "no mkfifo here");
        var content = Bytes.random(1, 300_000);
        try (var threads = Executors.newSingleThreadExecutor()) {
            var writer = threads.submit(() -> Files.write(pipe, content));
            try (var image = RawImage.open(pipe)) {
                var stream = assertInstanceOf(RawStream.class, image);
                assertArrayEquals(content, readAll(stream, 4096));
            }
            writer.get();
        }
    }

    @Test
    void aStreamFillsEveryBufferButTheLast() throws IOException {
        var content = Bytes.random(1, 10_001);
        try (var stream = new RawStream(trickle(content))) {
            var first = ByteBuffer.allocate(10_000);
            stream.read(first);
            assertEquals(0, first.remaining());
            var last = ByteBuffer.allocateDirect(10_000);
            stream.read(last);
            assertEquals(1, last.position());
            assertEquals(content[10_000], last.get(0));
            stream.read(last);
            assertEquals(1, last.position());
        }
    }

    @Test
    void aStreamThatFailsSaysSo() {
        var broken = new InputStream() {
            @Override
            public int read() throws IOException {
                throw new IOException("gone");
            }
        };
        assertThrows(IOException.class, () -> new RawStream(broken).read(ByteBuffer.allocate(10)));
    }

    private static boolean makesPipe(Path pipe) throws InterruptedException {
        try {
            return new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor() == 0;
        } catch (IOException e) {
            return false;
        }
    }

    private static byte[] readAll(RawStream stream, int step) throws IOException {
        var all = ByteBuffer.allocate(1 << 20);
        for (int limit = step; ; limit += step) {
            stream.read(all.limit(limit));
            if (all.hasRemaining()) {
                var read = new byte[all.flip().remaining()];
                all.get(read);
                return read;
            }
        }
    }

    /// A stream that gives less than it is asked for.
    private static InputStream trickle(byte[] content) {
        return new ByteArrayInputStream(content) {
            @Override
            public synchronized int read(byte[] target, int offset, int length) {
                return super.read(target, offset, Math.min(length, 7));
            }
        };
    }
}
