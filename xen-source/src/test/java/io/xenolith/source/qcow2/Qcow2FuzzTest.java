package io.xenolith.source.qcow2;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import com.code_intelligence.jazzer.junit.DictionaryEntries;
import com.code_intelligence.jazzer.junit.FuzzTest;
import io.xenolith.source.fuzz.Qcow2Fuzz;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class Qcow2FuzzTest {

    @DictionaryEntries({"QFI\\xFB", "\\x00\\x00\\x00\\x03", "\\xE2\\x79\\x2A\\xCA", "base.raw"})
    @FuzzTest(maxDuration = "6s")
    void anImageArrivesAsItRestsOrIsRefused(byte[] image) {
        try {
            var atRest = Qcow2Fuzz.read(image);
            assertArrayEquals(atRest, Qcow2Fuzz.read(image));
            assertArrayEquals(atRest, Qcow2Fuzz.stream(image));
        } catch (Qcow2Exception _) {
            readArriving(image);
        }
    }

    private static void readArriving(byte[] image) {
        try {
            Qcow2Fuzz.stream(image);
        } catch (Qcow2Exception _) {
            // as declared
        }
    }
}
