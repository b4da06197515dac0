package io.xenolith.source.xva;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/// The chunks of an archive, disk after disk, each checked against the checksum behind it.
final class Chunks {

    /// The longest chunk that is read. Hosts write a MiB.
    static final int MAX_CHUNK_BYTES = 16 << 20;

    /// A chunk of which the header has been read.
    record Chunk(Entries.Entry entry, int number) {
        int length() {
            return (int) entry.size();
        }
    }

    private final Entries entries;
    private final boolean checksumsRequired;
    private final Optional<ChecksumTable> table;
    private long gapBytes = -1; // until the first chunk

    Chunks(Entries entries, OvaVersion version) {
        this.entries = entries;
        this.checksumsRequired = version.hasChecksums();
        this.table = version.hasTable() ? Optional.of(new ChecksumTable()) : Optional.empty();
    }

    /// The header of the next chunk of `disk`, which has come up to `position`.
    Chunk next(OvaDisk disk, long position) throws IOException {
        var entry = entries.peek();
        var name = entry.flatMap(found -> ChunkName.parse(found.name()));
        if (name.isEmpty() || !name.get().disk().equals(disk.ref())) {
            throw entries.refusal(entry.map(Entries.Entry::name).orElse("after the last one"),
                    "disk %s has ended at byte %d of %d: its last chunk is missing"
                            .formatted(disk.ref(), position, disk.size()));
        }
        if (entry.get().size() > MAX_CHUNK_BYTES) {
            throw entries.refusal(entry.get(), "a chunk of %d bytes; more than %d are not read"
                    .formatted(entry.get().size(), MAX_CHUNK_BYTES));
        }
        var chunk = new Chunk(entry.get(), name.get().number());
        if (gapBytes < 0) {
            gapBytes = chunk.length();
        }
        return chunk;
    }

    /// How many zeros stand for `count` chunks that were left out before `chunk`: hosts take the length of the archive's
    /// first chunk for that of each.
    long gap(Chunk chunk, int count) throws XvaException {
        if (count > 0 && gapBytes == 0) {
            throw refusal(chunk, "chunks were left out, but how long they were cannot be told, since the first one of"
                    + " the archive is empty");
        }
        return count * gapBytes;
    }

    /// Reads a chunk to `target[offset]` and on, and checks it.
    void read(Chunk chunk, byte[] target, int offset) throws IOException {
        entries.read(chunk.entry, target, offset);
        var name = chunk.entry.name();
        if (table.isPresent() && !table.get().add(name, target, offset, chunk.length())) {
            throw refusal(chunk, "so many chunks come before a table of checksums that it is not read; import the archive"
                    + " into a host and export it from there");
        }
        var checksum = entries.peek();
        var kind = checksum.flatMap(entry -> ChunkChecksum.following(name, entry.name()));
        if (kind.isPresent()) {
            compare(chunk, checksum.get(), kind.get(), kind.get().of(target, offset, chunk.length()));
        } else if (checksumsRequired) {
            throw refusal(chunk, "its checksum should follow, but does not: %s"
                    .formatted(checksum.map(Entries.Entry::name).orElse("the archive ends")));
        }
    }

    private void compare(Chunk chunk, Entries.Entry entry, ChunkChecksum kind, byte[] found) throws IOException {
        if (entry.size() != kind.length()) {
            throw entries.refusal(entry, "a checksum of %d bytes; it should have %d"
                    .formatted(entry.size(), kind.length()));
        }
        var expected = entries.read(entry, kind.length());
        if (!Arrays.equals(expected, found)) {
            throw refusal(chunk, "its checksum is %s, but the archive says %s: the chunk is damaged".formatted(
                    new String(found, StandardCharsets.US_ASCII), printable(expected)));
        }
    }

    private static String printable(byte[] text) {
        return new String(text, StandardCharsets.US_ASCII).replaceAll("[^!-~]", "?");
    }

    /// Checks all chunks that came against the table that ends old archives.
    void compareWith(Entries.Entry entry) throws IOException {
        var finding = table.orElseThrow().compare(entries.read(entry, Ova.MAX_BYTES));
        if (!finding.isEmpty()) {
            throw entries.refusal(entry, finding);
        }
    }

    XvaException refusal(Chunk chunk, String finding) {
        return entries.refusal(chunk.entry, finding);
    }
}
