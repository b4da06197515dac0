package io.xenolith.source.changed;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/// Lines `offset length`: two decimal numbers of bytes with white space between and around them, in any order,
/// overlapping or not, all inside the disk. A length of 0 says nothing. Empty lines and lines that begin with `#` are
/// skipped.
final class ExtentLines {
    static final int MAX_LINE_BYTES = 1 << 10; // two numbers take 40; the rest is for comments
    private static final int QUOTED_CHARACTERS = 60;
    private static final Pattern WHITE = Pattern.compile("\\s+");
    private static final Pattern NUMBER = Pattern.compile("[0-9]+");

    private final long diskSize;
    private final ExtentCollector changed;
    private final byte[] line = new byte[MAX_LINE_BYTES];

    ExtentLines(long diskSize, ExtentCollector changed) {
        this.diskSize = diskSize;
        this.changed = changed;
    }

    /// Reads to the end.
    ///
    /// @param firstLine the number of the line that `in` begins with, for messages
    void read(InputStream in, int firstLine) throws IOException {
        int number = firstLine;
        int length = 0;
        for (int next = in.read(); next >= 0; next = in.read()) {
            if (next == '\n') {
                take(number, length);
                number++;
                length = 0;
            } else if (length == MAX_LINE_BYTES) {
                throw refused(number, length, "longer than %d bytes".formatted(MAX_LINE_BYTES));
            } else {
                line[length++] = (byte) next;
            }
        }
        take(number, length);
    }

    private void take(int number, int length) throws ChangedBlocksException {
        var text = text(length).strip();
        if (text.isEmpty() || text.startsWith("#")) {
            return;
        }
        var words = WHITE.split(text);
        if (words.length != 2) {
            throw refused(number, length, "expected two numbers, 'offset length', found " + words.length + " words");
        }
        long from = number(words[0], number, length);
        long bytes = number(words[1], number, length);
        if (from > diskSize || bytes > diskSize - from) {
            throw refused(number, length, "reaches beyond the disk's %d bytes".formatted(diskSize));
        }
        changed.add(from, from + bytes);
    }

    private long number(String word, int number, int length) throws ChangedBlocksException {
        if (!NUMBER.matcher(word).matches()) {
            throw refused(number, length, "expected decimal numbers from 0 on");
        }
        try {
            return Long.parseLong(word);
        } catch (NumberFormatException e) {
            throw refused(number, length, "a number of 2^63 or more");
        }
    }

    private ChangedBlocksException refused(int number, int length, String finding) {
        var quoted = text(Math.min(length, QUOTED_CHARACTERS)).strip().replaceAll("[^ -~]", "?");
        return new ChangedBlocksException("changed blocks, line %d: '%s%s': %s"
                .formatted(number, quoted, length > QUOTED_CHARACTERS ? "…" : "", finding));
    }

    private String text(int length) {
        return new String(line, 0, length, StandardCharsets.ISO_8859_1);
    }
}
