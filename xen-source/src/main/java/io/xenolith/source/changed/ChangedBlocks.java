package io.xenolith.source.changed;

import io.xenolith.engine.disk.Extents;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;

/// Reads what changed on a disk, in either form; the form shows in the first characters that are no white space:
///
/// | it begins with                   | it is                                     |
/// |----------------------------------|-------------------------------------------|
/// | nothing                          | a list without lines: nothing changed     |
/// | `#`, or a line of two numbers    | a list `offset length`, see [ExtentLines] |
/// | anything else                    | a bitmap in base64, see [BlockBitmap]     |
public final class ChangedBlocks {
    /// Bytes of input at most. The bitmap of a disk of 16 TiB, the largest that a pool offers, takes 43 MiB of base64.
    public static final int MAX_INPUT_BYTES = 64 << 20;

    /// Extents in an answer at most, some 40 MiB of memory. With more, the nearest ones are joined.
    public static final int MAX_EXTENTS = 1 << 20;

    private static final int FIRST_LINE_BYTES = ExtentLines.MAX_LINE_BYTES; // a longer first line is base64
    private static final Pattern TWO_NUMBERS = Pattern.compile("[-+]?\\d+[ \\t]+[-+]?\\d+(\\s.*)?", Pattern.DOTALL);

    private ChangedBlocks() {
    }

    /// As [#parse(InputStream, long)], out of a file.
    public static Extents parse(Path file, long diskSize) throws IOException {
        try (var in = Files.newInputStream(file)) {
            return parse(in, diskSize);
        }
    }

    /// Reads `in` to its end and leaves it open. The answer holds every changed byte, and may hold others.
    ///
    /// @param diskSize bytes of the disk, from 0 on
    /// @throws ChangedBlocksException if the input is neither form, does not fit a disk of that size, or is longer
    ///     than [#MAX_INPUT_BYTES]
    /// @throws IOException if it cannot be read
    public static Extents parse(InputStream in, long diskSize) throws IOException {
        return parse(in, diskSize, MAX_INPUT_BYTES, MAX_EXTENTS);
    }

    static Extents parse(InputStream in, long diskSize, int maxBytes, int maxExtents) throws IOException {
        if (diskSize < 0) {
            throw new IllegalArgumentException("disk size " + diskSize);
        }
        var bounded = new BufferedInputStream(new BoundedInput(in, maxBytes), 1 << 16);
        var changed = new ExtentCollector(maxExtents);
        int line = skipBlank(bounded);
        if (beginsList(bounded)) {
            new ExtentLines(diskSize, changed).read(bounded, line);
        } else {
            new BlockBitmap(diskSize, changed).read(bounded);
        }
        return changed.toExtents();
    }

    /// Returns the number of the line that follows, counted from 1.
    private static int skipBlank(BufferedInputStream in) throws IOException {
        int line = 1;
        while (true) {
            in.mark(1);
            int next = in.read();
            if (!isBlank(next)) {
                in.reset();
                return line;
            }
            line += next == '\n' ? 1 : 0;
        }
    }

    private static boolean beginsList(BufferedInputStream in) throws IOException {
        in.mark(FIRST_LINE_BYTES);
        var head = new String(in.readNBytes(FIRST_LINE_BYTES), StandardCharsets.ISO_8859_1);
        in.reset();
        var line = head.lines().findFirst().orElse("");
        return line.isEmpty() || line.startsWith("#") || TWO_NUMBERS.matcher(line).matches();
    }

    static boolean isBlank(int character) {
        return character == ' ' || character >= '\t' && character <= '\r';
    }
}
