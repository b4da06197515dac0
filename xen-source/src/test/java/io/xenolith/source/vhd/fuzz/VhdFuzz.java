package io.xenolith.source.vhd.fuzz;

import io.xenolith.engine.disk.DiskSource;
import io.xenolith.engine.disk.Extent;
import io.xenolith.source.vhd.BytesAtRest;
import io.xenolith.source.vhd.DifferencingVhd;
import io.xenolith.source.vhd.DynamicVhd;
import io.xenolith.source.vhd.DynamicVhdStream;
import io.xenolith.source.vhd.FixedVhd;
import io.xenolith.source.vhd.FixedVhdStream;
import io.xenolith.source.vhd.VhdException;
import io.xenolith.source.vhd.VhdImage;
import io.xenolith.source.vhd.VhdStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.file.Path;
import java.util.Arrays;

/// One door to each parser of VHD, for bytes of any origin: they are read or refused, whatever they are.
public final class VhdFuzz {

    private static final int MAX_READ = 1 << 16; // of what may claim to be a disk of 2040 GiB
    private static final Path SCRATCH = Path.of(System.getProperty("java.io.tmpdir"));

    private VhdFuzz() {
    }

    /// Reads `bytes` as an image at rest.
    ///
    /// @return the first bytes of the disk, or of what changed on it, laid over zeros
    /// @throws VhdException if they are refused; nothing else may be thrown
    public static byte[] image(byte[] bytes) throws VhdException {
        try (var image = VhdImage.open(new BytesAtRest(bytes), "the image")) {
            var content = new byte[(int) Math.min(MAX_READ, image.size())];
            if (content.length > 0) {
                var all = new Extent(0, content.length);
                switch (image) {
                    case FixedVhd disk -> readAllocated(disk, all, content);
                    case DynamicVhd disk -> readAllocated(disk, all, content);
                    case DifferencingVhd delta -> clearUnread(delta.read(all, content), content);
                }
            }
            return content;
        } catch (VhdException e) {
            throw e;
        } catch (IOException e) {
            throw new AssertionError("bytes in memory cannot fail to be read", e);
        }
    }

    /// Reads `bytes` as a stream.
    ///
    /// @return the first bytes of the disk, or of what changed on it, laid over zeros
    /// @throws VhdException if they are refused; nothing else may be thrown
    public static byte[] stream(byte[] bytes) throws VhdException {
        var channel = Channels.newChannel(new ByteArrayInputStream(bytes));
        try (var stream = VhdStream.open("the stream", channel, SCRATCH)) {
            var content = ByteBuffer.allocate(MAX_READ);
            switch (stream) {
                case FixedVhdStream disk -> disk.read(content);
                case DynamicVhdStream disk -> {
                    disk.read(content);
                    disk.skipZeros(disk.size());
                }
                case DifferencingVhd delta -> {
                    content.position((int) Math.min(MAX_READ, delta.size()));
                    if (content.position() > 0) {
                        clearUnread(delta.read(new Extent(0, content.position()), content.array()), content.array());
                    }
                }
            }
            return Arrays.copyOf(content.array(), content.position());
        } catch (VhdException e) {
            throw e;
        } catch (IOException e) {
            throw new AssertionError("bytes in memory cannot fail to be read", e);
        }
    }

    private static void readAllocated(DiskSource disk, Extent all, byte[] content) throws IOException {
        for (var extent : disk.allocated(all)) {
            disk.read(extent.offset(), ByteBuffer.wrap(content, (int) extent.offset(), (int) extent.length()));
        }
    }

    private static void clearUnread(Iterable<Extent> read, byte[] content) {
        int at = 0;
        for (var extent : read) {
            Arrays.fill(content, at, (int) extent.offset(), (byte) 0);
            at = (int) extent.end();
        }
        Arrays.fill(content, at, content.length, (byte) 0);
    }
}
