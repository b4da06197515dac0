package io.xenolith.source.xva;

import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/// The entries of a tar archive one after the other, uncompressed if need be. For use by one thread at a time.
final class Entries implements Closeable {
    private static final int BUFFER_BYTES = 8 << 10; // for headers; chunks are read past it
    private static final int FIRST_STEP_BYTES = 64 << 10;

    /// What may follow the end. GNU tar fills up records of 10 KiB, and tapes have some of 1 MiB.
    private static final int MAX_TRAILING_BYTES = 16 << 20;

    /// One entry.
    ///
    /// @param offset where its header begins in the uncompressed archive
    record Entry(String name, long size, long offset) {
    }

    private final String place;
    private final Source source;
    private final InputStream in;
    private final byte[] block = new byte[TarHeader.BYTES];
    private long position;
    private boolean headerRead;
    private Entry next; // null at the end; only meaningful if the header has been read

    /// @param place what messages call the archive
    /// @param in    belongs to these entries from now on, even if this fails
    Entries(InputStream in, String place) throws IOException {
        this.place = place;
        this.source = new Source(in);
        try {
            this.in = new BufferedInputStream(unpacked(), BUFFER_BYTES);
        } catch (Throwable e) {
            in.close();
            throw e;
        }
    }

    /// The archive as it comes. Remembers its own failures, which do not say that the archive is damaged.
    private static final class Source extends FilterInputStream {
        private IOException failure;

        Source(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            var one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : Byte.toUnsignedInt(one[0]);
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            try {
                return in.read(target, offset, length);
            } catch (IOException e) {
                failure = e;
                throw e;
            }
        }

        @Override
        public boolean markSupported() {
            return false;
        }
    }

    private InputStream unpacked() throws IOException {
        var magic = new byte[Compression.MAGIC_BYTES];
        int length = source.readNBytes(magic, 0, magic.length);
        if (length == 0) {
            throw refusal("ova.xml", 0, "it is empty");
        }
        var whole = new PushbackInputStream(source, magic.length); // unlike others, it leaves the source open at its end
        whole.unread(magic, 0, length);
        try {
            return Compression.of(magic).unpack(whole);
        } catch (IOException e) {
            throw damaged("ova.xml", e);
        }
    }

    /// The next entry, which is not passed yet; nothing where the archive ends. The body of the one before must have been
    /// read.
    Optional<Entry> peek() throws IOException {
        if (!headerRead) {
            next = readHeader();
            headerRead = true;
        }
        return Optional.ofNullable(next);
    }

    private Entry readHeader() throws IOException {
        long offset = position;
        readFully(block, 0, block.length, "after the last one", offset);
        if (TarHeader.isEnd(block)) {
            return null;
        }
        try {
            var header = TarHeader.decode(block);
            return new Entry(header.name(), header.size(), offset);
        } catch (TarHeader.RefusedException e) {
            throw refusal(offset == 0 ? "ova.xml" : "after the last one", offset, e.getMessage() + beginning(offset));
        }
    }

    /// What the first bytes say it is instead, as the end of a sentence.
    private String beginning(long offset) {
        var text = new String(block, 0, 16, StandardCharsets.ISO_8859_1);
        if (offset != 0) {
            return "";
        }
        if (text.startsWith("HTTP/")) {
            return "; it begins with an answer of a web server, so the export failed";
        }
        return text.startsWith("conectix") ? "; it is a VHD, not an XVA" : "; it is no XVA";
    }

    /// Reads the body of the next entry, `size` bytes of it, to `target[offset]` and on, and passes it.
    void read(Entry entry, byte[] target, int offset) throws IOException {
        readFully(target, offset, (int) entry.size(), entry.name(), entry.offset());
        pass(entry);
    }

    /// Reads the body of the next entry and passes it. Takes memory only for what has come.
    byte[] read(Entry entry, int limit) throws IOException {
        if (entry.size() > limit) {
            throw refusal(entry, "%d bytes; more than %d are not read".formatted(entry.size(), limit));
        }
        int size = (int) entry.size();
        var body = new byte[Math.min(size, FIRST_STEP_BYTES)];
        for (int length = 0; length < size; ) {
            if (length == body.length) {
                body = Arrays.copyOf(body, (int) Math.min(size, 2L * length));
            }
            readFully(body, length, body.length - length, entry.name(), entry.offset());
            length = body.length;
        }
        pass(entry);
        return body;
    }

    private void pass(Entry entry) throws IOException {
        int padding = (int) (TarHeader.padded(entry.size()) - entry.size());
        readFully(block, 0, padding, entry.name(), entry.offset());
        headerRead = false;
    }

    /// Checks, where [#peek()] found the archive's first end block, that it ends there: by a second one, and nothing
    /// but zeros behind it. What unpacks the archive checks its own end meanwhile.
    void requireEnd() throws IOException {
        long offset = position;
        readFully(block, 0, block.length, "after the last one", offset);
        var rest = new byte[BUFFER_BYTES];
        System.arraycopy(block, 0, rest, 0, block.length);
        for (int length = block.length; length >= 0; length = readSome(rest, 0, rest.length, "after the last one")) {
            for (int i = 0; i < length; i++) {
                if (rest[i] != 0) {
                    throw refusal("after the last one", offset, "something follows the block that ends the archive");
                }
            }
            if (position - offset > MAX_TRAILING_BYTES) {
                throw refusal("after the last one", offset, "more than %d zeros follow".formatted(MAX_TRAILING_BYTES));
            }
        }
    }

    private void readFully(byte[] target, int offset, int length, String entry, long entryOffset) throws IOException {
        for (int count = 0; count < length;) {
            int more = readSome(target, offset + count, length - count, entry);
            if (more < 0) {
                throw refusal(entry, entryOffset, "the archive is cut at byte %d".formatted(position));
            }
            count += more;
        }
    }

    private int readSome(byte[] target, int offset, int length, String entry) throws IOException {
        try {
            int count = in.read(target, offset, length);
            position += Math.max(count, 0);
            return count;
        } catch (IOException e) {
            throw damaged(entry, e);
        }
    }

    private IOException damaged(String entry, IOException failure) {
        return source.failure != null ? source.failure : new XvaException(place, entry, position,
                "it cannot be uncompressed, for it is cut or damaged: " + failure.getMessage(), failure);
    }

    XvaException refusal(Entry entry, String finding) {
        return refusal(entry.name(), entry.offset(), finding);
    }

    /// A finding about what should stand where [#peek()] has arrived.
    XvaException refusal(String entry, String finding) {
        return refusal(entry, next == null ? position : next.offset(), finding);
    }

    XvaException refusal(Entry entry, String finding, Throwable cause) {
        return new XvaException(place, entry.name(), entry.offset(), finding, cause);
    }

    private XvaException refusal(String entry, long offset, String finding) {
        return new XvaException(place, entry, offset, finding, null);
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
