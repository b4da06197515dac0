package io.xenolith.source.vhd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import com.code_intelligence.jazzer.junit.DictionaryEntries;
import com.code_intelligence.jazzer.junit.FuzzTest;
import io.xenolith.source.vhd.fuzz.VhdFuzz;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class VhdFuzzTest {

    @DictionaryEntries({"conectix", "cxsparse", "W2ru", "MacX", "HTTP/1.1"})
    @FuzzTest(maxDuration = "6s")
    void anImageArrivesAsItRestsOrIsRefused(byte[] image) {
        readBothWays(image);
        readBothWays(mended(image));
    }

    private static void readBothWays(byte[] image) {
        try {
            var atRest = VhdFuzz.image(image);
            assertArrayEquals(atRest, VhdFuzz.image(image));
            assertArrayEquals(atRest, VhdFuzz.stream(image));
        } catch (VhdException _) {
            readArriving(image);
        }
    }

    private static void readArriving(byte[] image) {
        try {
            VhdFuzz.stream(image);
        } catch (VhdException _) {
            // as declared
        }
    }

    /// The image with checksums that fit and a footer that is the copy at its start; a mutation would not get past them.
    private static byte[] mended(byte[] image) {
        var bytes = image.clone();
        int end = bytes.length - VhdFooter.BYTES;
        if (end < 0) {
            return bytes;
        }
        if (VhdFooter.isClaimedBy(bytes) && end >= VhdFooter.BYTES) {
            mend(bytes, 0, VhdFooter.BYTES, 64);
            long headerAt = ByteBuffer.wrap(bytes).getLong(16);
            if (headerAt >= VhdFooter.BYTES && headerAt <= end - VhdHeader.BYTES) {
                mend(bytes, (int) headerAt, VhdHeader.BYTES, 36);
            }
            System.arraycopy(bytes, 0, bytes, end, VhdFooter.BYTES);
        } else {
            mend(bytes, end, VhdFooter.BYTES, 64);
        }
        return bytes;
    }

    private static void mend(byte[] bytes, int at, int length, int checksumAt) {
        ByteBuffer.wrap(bytes).putInt(at + checksumAt, Checksum.of(Arrays.copyOfRange(bytes, at, at + length), checksumAt));
    }
}
