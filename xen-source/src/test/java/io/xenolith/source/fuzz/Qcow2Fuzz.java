package io.xenolith.source.fuzz;

import io.xenolith.engine.disk.Extent;
import io.xenolith.source.qcow2.Qcow2Exception;
import io.xenolith.source.qcow2.Qcow2Image;
import io.xenolith.source.qcow2.Qcow2Stream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;

/// The entries of a fuzzer into [Qcow2Image] and [Qcow2Stream].
public final class Qcow2Fuzz {
    private static final int READ_BYTES = 1 << 20; // of each end of the disk; a small image may show a huge one

    private Qcow2Fuzz() {
    }

    /// Opens an image and reads the beginning and the end of its disk, as a whole one and as a delta.
    ///
    /// @throws Qcow2Exception if the image is refused; anything else that is thrown is a fault of the reader
    public static void read(byte[] image) throws Qcow2Exception {
        try (var opened = Qcow2Image.open("input", new BytesDisk(image))) {
            long size = opened.size();
            int length = (int) Math.min(size, READ_BYTES);
            var whole = opened.whole(new BytesDisk(new byte[0]));
            if (length > 0) {
                whole.allocated(new Extent(0, length));
                whole.read(0, ByteBuffer.allocate(length));
                whole.read(size - length, ByteBuffer.allocate(length));
                opened.changes().read(new Extent(0, length), new byte[length]);
            }
        } catch (Qcow2Exception e) {
            throw e;
        } catch (IOException e) {
            throw new AssertionError("nothing else can fail in memory", e);
        }
    }

    /// Reads an image while it passes.
    ///
    /// @throws Qcow2Exception if the image is refused; anything else that is thrown is a fault of the reader
    public static void stream(byte[] image) throws Qcow2Exception {
        try (var opened = Qcow2Stream.open("input", Channels.newChannel(new ByteArrayInputStream(image)));
                var disk = opened.backing().isPresent() ? null : opened.whole()) {
            var piece = ByteBuffer.allocate(READ_BYTES / 16).limit(0);
            while (disk != null && piece.position() == piece.limit()) {
                disk.skipZeros(Long.MAX_VALUE);
                disk.read(piece.clear());
            }
        } catch (Qcow2Exception e) {
            throw e;
        } catch (IOException e) {
            throw new AssertionError("nothing else can fail in memory", e);
        }
    }
}
