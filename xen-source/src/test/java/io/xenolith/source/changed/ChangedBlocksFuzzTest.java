package io.xenolith.source.changed;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.DictionaryEntries;
import com.code_intelligence.jazzer.junit.FuzzTest;
import io.xenolith.engine.disk.Extents;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class ChangedBlocksFuzzTest {
    private static final long[] DISK_SIZES = {0, 1, (1 << 20) + 512, 16L << 40};

    @DictionaryEntries({"0 ", "65536", "\\x0D\\x0A", "# ", "9223372036854775807", "17592186044416", "gAE="})
    @FuzzTest(maxDuration = "5s")
    void whatChangedLiesOnTheDiskAndReadsTheSameAsAList(byte[] input) throws IOException {
        for (long diskSize : DISK_SIZES) {
            try {
                var changed = parse(input, diskSize);
                var list = new StringBuilder();
                for (var extent : changed) {
                    assertTrue(extent.offset() >= 0 && extent.length() > 0 && extent.end() <= diskSize, extent::toString);
                    list.append(extent.offset()).append(' ').append(extent.length()).append('\n');
                }
                assertEquals(changed, parse(list.toString().getBytes(StandardCharsets.US_ASCII), diskSize));
            } catch (ChangedBlocksException _) {
                // as declared
            }
        }
    }

    private static Extents parse(byte[] input, long diskSize) throws IOException {
        return ChangedBlocks.parse(new ByteArrayInputStream(input), diskSize);
    }
}
