package io.xenolith.source.raw;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.Pipe;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;

class StreamTargetTest {

    @Test
    void writesLeaveInTheirOrderAndTheCommitFlushes() throws IOException {
        var content = Bytes.random(1, 100_000);
        var received = new ByteArrayOutputStream();
        try (var target = new StreamTarget("output", new BufferedOutputStream(received, 1 << 20))) {
            assertTrue(target.sequential());
            assertTrue(target.needsZeros());
            target.write(0, ByteBuffer.wrap(content, 0, 33_333));
            target.write(33_333, ByteBuffer.allocate(0));
            target.write(33_333, ByteBuffer.wrap(content, 33_333, content.length - 33_333));
            assertEquals(0, received.size());
            target.commit();
            assertArrayEquals(content, received.toByteArray());
        }
    }

    @Test
    void aGapOrAStepBackIsMisuse() throws IOException {
        var received = new ByteArrayOutputStream();
        try (var target = new StreamTarget("output", received)) {
            target.write(0, ByteBuffer.allocate(10));
            assertThrows(IllegalArgumentException.class, () -> target.write(11, ByteBuffer.allocate(1)));
            assertThrows(IllegalArgumentException.class, () -> target.write(9, ByteBuffer.allocate(1)));
            target.write(10, ByteBuffer.allocate(1));
        }
        assertEquals(11, received.size());
    }

    @Test
    void aClosedPipeIsExplained() throws IOException {
        var pipe = Pipe.open();
        pipe.source().close();
        try (var target = new StreamTarget("standard output", pipe.sink())) {
            var e = assertThrows(IOException.class, () -> target.write(0, ByteBuffer.allocate(1 << 20)));
            assertTrue(e.getMessage().startsWith("standard output took 0 bytes"), e.getMessage());
            assertTrue(e.getMessage().contains("the program reading it has ended"), e.getMessage());
            assertThrows(IOException.class, target::commit);
        }
    }

    @Test
    void aFullDeviceFailsTheWriteAndTheCommit() throws IOException {
        var full = Path.of("/dev/full");
        assumeTrue(Files.exists(full), "no /dev/full here");
        try (var target = new StreamTarget("output", FileChannel.open(full, StandardOpenOption.WRITE))) {
            assertThrows(IOException.class, () -> target.write(0, ByteBuffer.allocate(10)));
            assertThrows(IOException.class, target::commit);
        }
    }
}
