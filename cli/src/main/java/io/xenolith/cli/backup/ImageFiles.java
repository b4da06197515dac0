package io.xenolith.cli.backup;

import io.xenolith.cli.Temporary;
import io.xenolith.cli.UsageException;
import io.xenolith.source.image.DiskImage;
import io.xenolith.source.image.ImageFormat;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.file.Path;
import java.util.Optional;

/// Disks in files, devices and pipes.
///
/// @param in standard input
public record ImageFiles(InputStream in, Shape shape) implements DiskOpener {

    /// What the images are said to be.
    ///
    /// @param format nothing if their content shall tell
    /// @param delta  whether a qcow2 image is what changed, though it names no other image
    public record Shape(Optional<ImageFormat> format, boolean delta) {

        static Shape parse(String text) {
            return switch (text) {
                case "auto" -> new Shape(Optional.empty(), false);
                case "raw" -> new Shape(Optional.of(ImageFormat.RAW), false);
                case "vhd" -> new Shape(Optional.of(ImageFormat.VHD_DYNAMIC), false);
                case "qcow2" -> new Shape(Optional.of(ImageFormat.QCOW2), false);
                case "qcow2-delta" -> new Shape(Optional.of(ImageFormat.QCOW2), true);
                default -> throw new UsageException("--format %s: auto, raw, vhd, qcow2 or qcow2-delta".formatted(text));
            };
        }
    }

    @Override
    public DiskImage open(DiskArgument argument) throws IOException {
        var scratch = Temporary.systemFolder();
        return argument.isStandardInput()
                ? DiskImage.arriving("standard input", Channels.newChannel(in), shape.format(), shape.delta(), scratch)
                : DiskImage.open(Path.of(argument.file()), shape.format(), shape.delta(), scratch);
    }
}
