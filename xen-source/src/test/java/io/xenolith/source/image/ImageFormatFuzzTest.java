package io.xenolith.source.image;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.xenolith.source.fuzz.ImageFormatFuzz;
import io.xenolith.source.qcow2.Qcow2Exception;
import io.xenolith.source.vhd.VhdException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class ImageFormatFuzzTest {
    private static final Path SCRATCH = Path.of(System.getProperty("java.io.tmpdir"));

    @FuzzTest(maxDuration = "5s")
    void anythingIsADiskOfTheFormatItLooksLikeOrIsRefused(byte[] stream) throws IOException {
        ImageFormatFuzz.recognise(stream);
        var channel = Channels.newChannel(new ByteArrayInputStream(stream));
        try (var image = DiskImage.arriving("input", channel, Optional.empty(), false, SCRATCH)) {
            assertEquals(ImageFormat.recognise(stream), image.format());
        } catch (NoDiskException | VhdException | Qcow2Exception _) {
            // as declared
        }
    }
}
