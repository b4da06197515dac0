package io.xenolith.bench.peers;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BareImageTest {

    private static final int BLOCK_BYTES = 64 << 10;

    @Test
    void blocksOfZerosAreLeftOutAndAllElseComesOnce(@TempDir Path folder) throws Exception {
        // given an image of three pieces and a bit, with a byte of its own in every third block and in the short last one
        var image = new byte[3 * BareImage.PIECE_BYTES + 1000];
        var expected = new ArrayList<Byte>();
        for (int at = 0; at < image.length; at += 3 * BLOCK_BYTES) {
            image[at + 999] = (byte) (1 + at / BLOCK_BYTES);
            expected.add(image[at + 999]);
        }
        Files.write(folder.resolve("disk"), image);
        // when all of it is read
        var found = Collections.synchronizedList(new ArrayList<Byte>());
        long bytes = BareImage.each(folder.resolve("disk"), () -> (data, length) -> {
            for (int at = 0; at < length; at += BLOCK_BYTES) {
                found.add(data[at + 999]);
            }
        });
        // then the marks of all blocks that hold data came, in some order
        assertArrayEquals(expected.stream().sorted().toArray(), found.stream().sorted().toArray());
        assertEquals((expected.size() - 1) * (long) BLOCK_BYTES + 1000, bytes);
    }

    @Test
    void theCommandThatMeasuresPeersExplainsItself() throws Exception {
        var help = new ProcessBuilder("python3", "peers/peers.py", "--help").redirectErrorStream(true).start();
        var said = new String(help.getInputStream().readAllBytes());
        assertEquals(0, help.waitFor(), said);
        for (var option : List.of("--runs", "--only", "--out", "--work")) {
            assertTrue(said.contains(option), said);
        }
    }
}
