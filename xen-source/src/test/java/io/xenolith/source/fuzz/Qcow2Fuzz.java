package io.xenolith.source.fuzz;

import io.xenolith.engine.disk.DeltaStream;
import io.xenolith.engine.disk.DiskStream;
import io.xenolith.engine.disk.Extent;
import io.xenolith.source.qcow2.Qcow2Exception;
import io.xenolith.source.qcow2.Qcow2Image;
import io.xenolith.source.qcow2.Qcow2Stream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.util.Arrays;

/// The entries of a fuzzer into [Qcow2Image] and [Qcow2Stream].
public final class Qcow2Fuzz {
    private static final int READ_BYTES = 1 << 18; // of each end of the disk; a small image may show a huge one
    private static final int PIECE_BYTES = 1 << 16;

    private Qcow2Fuzz() {
    }

    /// Opens an image and reads the beginning and the end of its disk, as a whole one and as a delta.
    ///
    /// @return the beginning, laid over zeros
    /// @throws Qcow2Exception if the image is refused; anything else that is thrown is a fault of the reader
    public static byte[] read(byte[] image) throws Qcow2Exception {
        try (var opened = Qcow2Image.open("input", new BytesDisk(image))) {
            long size = opened.size();
            var content = new byte[(int) Math.min(size, READ_BYTES)];
            var whole = opened.whole(new BytesDisk(new byte[0]));
            if (content.length > 0) {
                whole.allocated(new Extent(0, content.length));
                whole.read(size - content.length, ByteBuffer.allocate(content.length));
                whole.read(0, ByteBuffer.wrap(content));
                requireSame(content, changes(opened.changes(), content.length));
            }
            return content;
        } catch (Qcow2Exception e) {
            throw e;
        } catch (IOException e) {
            throw new AssertionError("nothing else can fail in memory", e);
        }
    }

    private static void requireSame(byte[] whole, byte[] changes) {
        int at = Arrays.mismatch(whole, changes);
        if (at >= 0) {
            throw new AssertionError("the disk and the delta differ at byte " + at);
        }
    }

    /// Reads an image while it passes: all of a whole disk, the beginning of a delta.
    ///
    /// @return the beginning, laid over zeros
    /// @throws Qcow2Exception if the image is refused; anything else that is thrown is a fault of the reader
    public static byte[] stream(byte[] image) throws Qcow2Exception {
        try (var opened = Qcow2Stream.open("input", Channels.newChannel(new ByteArrayInputStream(image)))) {
            int length = (int) Math.min(opened.size(), READ_BYTES);
            return opened.backing().isPresent() ? changes(opened.changes(), length) : disk(opened.whole(), length);
        } catch (Qcow2Exception e) {
            throw e;
        } catch (IOException e) {
            throw new AssertionError("nothing else can fail in memory", e);
        }
    }

    private static byte[] disk(DiskStream disk, int length) throws IOException {
        var content = new byte[length];
        disk.read(ByteBuffer.wrap(content));
        var piece = ByteBuffer.allocate(PIECE_BYTES).limit(0);
        while (piece.position() == piece.limit()) {
            disk.skipZeros(Long.MAX_VALUE);
            disk.read(piece.clear());
        }
        return content;
    }

    private static byte[] changes(DeltaStream delta, int length) throws IOException {
        var content = new byte[length];
        var read = new byte[length];
        if (length > 0) {
            for (var extent : delta.read(new Extent(0, length), read)) {
                System.arraycopy(read, (int) extent.offset(), content, (int) extent.offset(), (int) extent.length());
            }
        }
        return content;
    }
}
