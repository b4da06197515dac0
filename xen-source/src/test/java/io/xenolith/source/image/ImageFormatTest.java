package io.xenolith.source.image;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ImageFormatTest {
    @TempDir
    Path directory;

    @ParameterizedTest
    @CsvSource({"qcow2,,QCOW2", "vpc,,VHD_DYNAMIC", "vpc,subformat=fixed,VHD_FIXED", "raw,,RAW"})
    void imagesMadeByQemuAreRecognised(String format, String options, ImageFormat expected) throws Exception {
        var image = directory.resolve("image");
        var command = options == null
                ? List.of("qemu-img", "create", "-q", "-f", format, image.toString(), "1M")
                : List.of("qemu-img", "create", "-q", "-f", format, "-o", options, image.toString(), "1M");
        assertEquals(0, new ProcessBuilder(command).inheritIO().start().waitFor());
        assertEquals(expected, ImageFormat.recognise(image));
    }

    @ParameterizedTest
    @CsvSource({"gzip,GZIP", "zstd,ZSTD"})
    void compressedFilesAreRecognised(String program, ImageFormat expected) throws Exception {
        var file = Files.write(directory.resolve("file"), new byte[1000]);
        var packed = directory.resolve("packed").toFile();
        assertEquals(0, new ProcessBuilder(program, "-c", file.toString()).redirectOutput(packed).start().waitFor());
        assertEquals(expected, ImageFormat.recognise(packed.toPath()));
    }

    @Test
    void archivesAndErrorsOfHostsAreRecognisedByTheirBeginning() {
        assertEquals(ImageFormat.XVA, ImageFormat.recognise("ova.xml\0".getBytes()));
        assertEquals(ImageFormat.VDI_TAR, ImageFormat.recognise("vdi/00000000\0".getBytes()));
        assertEquals(ImageFormat.HTTP_ANSWER, ImageFormat.recognise("HTTP/1.1 500 Internal Error\r\n".getBytes()));
        assertEquals(ImageFormat.RAW, ImageFormat.recognise("ova.xml.old\0".getBytes()));
    }

    @Test
    void aDifferencingVhdIsToldFromADynamicOne() {
        var footer = Arrays.copyOf("conectix".getBytes(), 512);
        footer[63] = 4;
        assertEquals(ImageFormat.VHD_DIFFERENCING, ImageFormat.recognise(footer));
        footer[63] = 3;
        assertEquals(ImageFormat.VHD_DYNAMIC, ImageFormat.recognise(footer));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3, 7, 511, 512, 513, 2000})
    void anythingElseIsRawWhateverItsLength(int length) throws IOException {
        var bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        assertEquals(ImageFormat.RAW, ImageFormat.recognise(bytes));
        assertEquals(ImageFormat.RAW, ImageFormat.recognise(Files.write(directory.resolve("file"), bytes)));
    }

    @Test
    void aFormatThatDoesNotFitIsRefusedWithWhatItLooksLike() {
        var e = assertThrows(WrongFormatException.class,
                () -> ImageFormat.QCOW2.requireFits("disk.img", ImageFormat.VHD_DYNAMIC));
        assertEquals("disk.img is to be read as a qcow2 image, but looks like a dynamic VHD; name that format, or none",
                e.getMessage());
        assertEquals(ImageFormat.VHD_DYNAMIC, e.found());
        e = assertThrows(WrongFormatException.class,
                () -> ImageFormat.VHD_DYNAMIC.requireFits("the export", ImageFormat.HTTP_ANSWER));
        assertTrue(e.getMessage().contains("log of the host"), e.getMessage());
    }

    @Test
    void aRawDiskMayLookLikeAnythingSinceItsGuestWritesIt() {
        for (var found : ImageFormat.values()) {
            assertDoesNotThrow(() -> ImageFormat.RAW.requireFits("disk", found));
            assertTrue(found.fits(found));
        }
        assertTrue(ImageFormat.XVA.fits(ImageFormat.ZSTD));
        assertTrue(ImageFormat.VHD_FIXED.fits(ImageFormat.VHD_DIFFERENCING));
        assertFalse(ImageFormat.XVA.fits(ImageFormat.RAW));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 511, 512, 513, 5000})
    void aStreamThatWasLookedAtIsReadFromItsBeginning(int length) throws IOException {
        var bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        try (var peeked = PeekedChannel.of(inPieces(bytes, 7))) {
            assertArrayEquals(Arrays.copyOf(bytes, Math.min(length, 512)), peeked.head());
            assertEquals(ImageFormat.RAW, peeked.format());
            assertArrayEquals(bytes, Channels.newInputStream(peeked).readAllBytes());
            assertEquals(-1, peeked.read(ByteBuffer.allocate(1)));
            assertArrayEquals(Arrays.copyOf(bytes, Math.min(length, 512)), peeked.head());
        }
    }

    private static ReadableByteChannel inPieces(byte[] bytes, int pieceBytes) {
        var channel = Channels.newChannel(new ByteArrayInputStream(bytes));
        return new ReadableByteChannel() {
            @Override
            public int read(ByteBuffer target) throws IOException {
                var piece = target.slice().limit(Math.min(pieceBytes, target.remaining()));
                int count = channel.read(piece);
                target.position(target.position() + Math.max(0, count));
                return count;
            }

            @Override
            public boolean isOpen() {
                return channel.isOpen();
            }

            @Override
            public void close() throws IOException {
                channel.close();
            }
        };
    }
}
