package io.xenolith.source.image;

import io.xenolith.engine.disk.DeltaStream;
import io.xenolith.engine.disk.DiskSource;
import io.xenolith.engine.disk.DiskStream;
import io.xenolith.source.qcow2.Qcow2Image;
import io.xenolith.source.qcow2.Qcow2Stream;
import io.xenolith.source.raw.RawFile;
import io.xenolith.source.raw.RawImage;
import io.xenolith.source.raw.RawStream;
import io.xenolith.source.vhd.DifferencingVhd;
import io.xenolith.source.vhd.DynamicVhd;
import io.xenolith.source.vhd.DynamicVhdStream;
import io.xenolith.source.vhd.FixedVhd;
import io.xenolith.source.vhd.FixedVhdStream;
import io.xenolith.source.vhd.VhdIdentity;
import io.xenolith.source.vhd.VhdImage;
import io.xenolith.source.vhd.VhdStream;
import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.ReadableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;

/// One disk in any format, opened: by what its content looks like, or as it was said to be.
public sealed interface DiskImage extends Closeable {

    /// What the image says of itself, where that means something.
    ///
    /// @param self   what later images may name as their parent
    /// @param parent what this image is laid over
    record Identity(Optional<UUID> self, Optional<UUID> parent) {
        /// It says nothing.
        public static final Identity NONE = new Identity(Optional.empty(), Optional.empty());

        /// A host gives each image that it sends a random id and no time, and names as parent a file that nobody else has.
        static Identity of(VhdIdentity self, Optional<VhdIdentity> parent) {
            return self.meansSomething() ? new Identity(Optional.of(self.id()),
                    parent.map(VhdIdentity::id).filter(id -> !id.equals(new UUID(0, 0)))) : NONE;
        }
    }

    ImageFormat format();

    Identity identity();

    /// A whole disk that can be read at any offset.
    record AtRest(ImageFormat format, Identity identity, DiskSource source) implements DiskImage {
        @Override
        public void close() throws IOException {
            source.close();
        }
    }

    /// A whole disk that arrives in order.
    record Arriving(ImageFormat format, Identity identity, DiskStream stream) implements DiskImage {
        @Override
        public void close() throws IOException {
            stream.close();
        }
    }

    /// What changed since another disk.
    record Changes(ImageFormat format, Identity identity, DeltaStream delta) implements DiskImage {
        @Override
        public void close() throws IOException {
            delta.close();
        }
    }

    /// Opens a file, block device or named pipe.
    ///
    /// Only of regular files and pipes is the format told by the content: what a guest wrote to its own disk could make a block
    /// device look like anything.
    ///
    /// @param expected   what it is said to be
    /// @param asDelta    whether a qcow2 image is to be read as what changed, even if it names no other image
    /// @param scratch    where blocks of a stream go that are out of order
    /// @throws WrongFormatException if it looks like something else
    /// @throws IOException if it cannot be read, or is damaged
    static DiskImage open(Path path, Optional<ImageFormat> expected, boolean asDelta, Path scratch) throws IOException {
        if (RawImage.isPipe(path)) {
            return arriving(path.toString(), RawImage.openPipe(path), expected, asDelta, scratch);
        }
        var format = expected.isPresent() && expected.get() == ImageFormat.RAW || !Files.isRegularFile(path) && expected.isEmpty()
                ? ImageFormat.RAW : told(path.toString(), expected, ImageFormat.recognise(path));
        return switch (format) {
            case RAW -> new AtRest(format, Identity.NONE, RawFile.open(path));
            case VHD_DYNAMIC, VHD_DIFFERENCING, VHD_FIXED -> vhd(format, VhdImage.open(path));
            case QCOW2 -> qcow2(Qcow2Image.open(path), asDelta);
            case XVA, VDI_TAR, GZIP, ZSTD, HTTP_ANSWER -> throw new NoDiskException(path.toString(), format);
        };
    }

    /// Opens a stream. A fixed VHD is taken for raw unless it is said to be a VHD: it shows at its end only.
    ///
    /// @param name    what messages call it
    /// @param channel in blocking mode; belongs to the image from now on
    /// @param asDelta whether a qcow2 image is to be read as what changed, even if it names no other image
    /// @throws WrongFormatException if it looks like something else than `expected`
    /// @throws IOException if it cannot be read, or is damaged
    static DiskImage arriving(String name, ReadableByteChannel channel, Optional<ImageFormat> expected, boolean asDelta,
            Path scratch) throws IOException {
        try {
            if (expected.isPresent() && expected.get() == ImageFormat.RAW) {
                return new Arriving(ImageFormat.RAW, Identity.NONE, new RawStream(channel));
            }
            var peeked = PeekedChannel.of(channel);
            boolean vhd = expected.isPresent() && expected.get() == ImageFormat.VHD_DYNAMIC;
            var found = peeked.format();
            var format = vhd && found == ImageFormat.RAW ? ImageFormat.VHD_FIXED : told(name, expected, found);
            return switch (format) {
                case RAW -> new Arriving(format, Identity.NONE, new RawStream(peeked));
                case VHD_DYNAMIC, VHD_DIFFERENCING, VHD_FIXED -> vhd(format, VhdStream.open(name, peeked, scratch));
                case QCOW2 -> qcow2(Qcow2Stream.open(name, peeked), asDelta);
                case XVA, VDI_TAR, GZIP, ZSTD, HTTP_ANSWER -> throw new NoDiskException(name, format);
            };
        } catch (Throwable e) {
            channel.close();
            throw e;
        }
    }

    private static ImageFormat told(String name, Optional<ImageFormat> expected, ImageFormat found)
            throws WrongFormatException {
        if (expected.isPresent()) {
            expected.get().requireFits(name, found);
        }
        return found;
    }

    private static DiskImage vhd(ImageFormat format, VhdImage image) {
        return switch (image) {
            case FixedVhd fixed -> new AtRest(format, Identity.of(fixed.identity(), Optional.empty()), fixed);
            case DynamicVhd dynamic -> new AtRest(format, Identity.of(dynamic.identity(), Optional.empty()), dynamic);
            case DifferencingVhd delta -> changes(format, delta);
        };
    }

    private static DiskImage vhd(ImageFormat format, VhdStream image) {
        return switch (image) {
            case FixedVhdStream fixed -> new Arriving(format, Identity.NONE, fixed);
            case DynamicVhdStream dynamic ->
                    new Arriving(format, Identity.of(dynamic.identity(), Optional.empty()), dynamic);
            case DifferencingVhd delta -> changes(format, delta);
        };
    }

    private static DiskImage changes(ImageFormat format, DifferencingVhd delta) {
        return new Changes(format, Identity.of(delta.identity(), Optional.of(delta.parent().identity())), delta);
    }

    private static DiskImage qcow2(Qcow2Stream image, boolean asDelta) throws IOException {
        return image.backing().isPresent() || asDelta ? new Changes(ImageFormat.QCOW2, Identity.NONE, image.changes())
                : new Arriving(ImageFormat.QCOW2, Identity.NONE, image.whole());
    }

    private static DiskImage qcow2(Qcow2Image image, boolean asDelta) throws IOException {
        try {
            return image.backing().isPresent() || asDelta ? new Changes(ImageFormat.QCOW2, Identity.NONE, image.changes())
                    : new AtRest(ImageFormat.QCOW2, Identity.NONE, image.whole());
        } catch (Throwable e) {
            image.close();
            throw e;
        }
    }
}
