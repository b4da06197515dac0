package io.xenolith.source.xva;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// An XVA archive, read once from its beginning to its end. For use by one thread at a time, its disks included.
///
/// ```java
/// try (var xva = XvaReader.open(in, "web.xva")) {
///     for (var disk = xva.next(); disk.isPresent(); disk = xva.next()) {
///         ingest(disk.get().ovaDisk().name(), disk.get());
///     }
/// } // only now is the archive known to be whole
/// ```
public final class XvaReader implements Closeable {
    private static final String METADATA = "ova.xml";

    private final Entries entries;
    private final byte[] ovaXml;
    private final Ova ova;
    private final Chunks chunks;
    private final boolean metadataOnly;

    /// Those with data that have not come yet, in the order of hosts.
    private final Map<String, OvaDisk> expected = new LinkedHashMap<>();
    private final Set<String> came = new HashSet<>();
    private final Iterator<OvaDisk> empty;
    private boolean inOrder = true;
    private boolean ended;
    private XvaDisk current; // null before the first
    private IOException failure; // null while all is well

    private XvaReader(Entries entries) throws IOException {
        this.entries = entries;
        this.ovaXml = readMetadata();
        this.ova = parse();
        this.chunks = new Chunks(entries, ova.version());
        ova.streamedDisks().stream().filter(disk -> disk.size() > 0).forEach(disk -> expected.put(disk.ref(), disk));
        this.empty = ova.streamedDisks().stream().filter(disk -> disk.size() == 0).iterator();
        this.metadataOnly = !expected.isEmpty() && entries.peek().isEmpty();
        if (metadataOnly) {
            end();
        }
    }

    /// Reads `ova.xml` and waits for what follows it.
    ///
    /// @param in    the archive, compressed or not; belongs to this reader from now on, even if this fails
    /// @param place what messages call the archive
    /// @throws XvaException if it is no archive, is damaged or cut, or its `ova.xml` cannot be understood
    /// @throws IOException if `in` fails
    public static XvaReader open(InputStream in, String place) throws IOException {
        var entries = new Entries(in, place);
        try {
            return new XvaReader(entries);
        } catch (Throwable e) {
            entries.close();
            throw e;
        }
    }

    private byte[] readMetadata() throws IOException {
        var first = entries.peek();
        if (first.isEmpty() || !first.get().name().equals(METADATA)) {
            throw entries.refusal(METADATA, "the archive begins with %s instead; it is no XVA"
                    .formatted(first.map(Entries.Entry::name).orElse("nothing but zeros")));
        }
        return entries.read(first.get(), Ova.MAX_BYTES);
    }

    private Ova parse() throws XvaException {
        try {
            return Ova.parse(ovaXml);
        } catch (OvaException e) {
            throw entries.refusal(new Entries.Entry(METADATA, ovaXml.length, 0), e.getMessage(), e);
        }
    }

    /// What `ova.xml` says.
    public Ova ova() {
        return ova;
    }

    /// `ova.xml` to the byte.
    public byte[] ovaXml() {
        return ovaXml.clone();
    }

    /// Whether the archive names disks and ends without their data. It is known to be whole then.
    public boolean metadataOnly() {
        return metadataOnly;
    }

    /// Whether the disks came so far in the order in which hosts expect them.
    public boolean inOrder() {
        return inOrder;
    }

    /// Goes on to the next disk, in whatever order they come; reads and checks what is left of the one before, which is
    /// of no more use then. Disks of 0 bytes, which have no entries, come last.
    ///
    /// @return nothing once all disks have come and the archive has turned out to end there
    /// @throws XvaException if the archive is damaged or cut, holds something else, or is of metadata only
    /// @throws IOException if the stream fails; it cannot be read on then
    public Optional<XvaDisk> next() throws IOException {
        if (failure != null) {
            throw new IOException("the archive cannot be read on after a failure: " + failure.getMessage(), failure);
        }
        try {
            var disk = nextDisk().map(found -> new XvaDisk(found, chunks));
            current = disk.orElse(null);
            return disk;
        } catch (IOException e) {
            failure = e;
            throw e;
        }
    }

    private Optional<OvaDisk> nextDisk() throws IOException {
        if (metadataOnly) {
            throw entries.refusal(METADATA, "the archive holds metadata only, and none of the %d disks that it names"
                    .formatted(expected.size()));
        }
        if (current != null) {
            current.drain();
        }
        if (!ended) {
            var entry = entries.peek();
            if (entry.isPresent() && !isTable(entry.get())) {
                return Optional.of(begin(entry.get()));
            }
            requireAllCame();
            end();
        }
        return empty.hasNext() ? Optional.of(empty.next()) : Optional.empty();
    }

    private boolean isTable(Entries.Entry entry) {
        return ova.version().hasTable() && entry.name().equals(ChecksumTable.ENTRY);
    }

    private OvaDisk begin(Entries.Entry entry) throws XvaException {
        var name = ChunkName.parse(entry.name());
        if (name.isEmpty()) {
            throw entries.refusal(entry, "a chunk of a disk should stand here");
        }
        var ref = name.get().disk();
        if (!expected.containsKey(ref)) {
            throw entries.refusal(entry, came.contains(ref) ? "disk %s has come already, whole".formatted(ref)
                    : "ova.xml names no disk %s that carries data".formatted(ref));
        }
        inOrder &= expected.keySet().iterator().next().equals(ref);
        came.add(ref);
        return expected.remove(ref);
    }

    private void requireAllCame() throws XvaException {
        if (!expected.isEmpty()) {
            var missing = expected.values().iterator().next();
            throw entries.refusal(missing.ref() + "/00000000",
                    "the archive ends, but disk %s of %d bytes has not come".formatted(missing.ref(), missing.size()));
        }
    }

    private void end() throws IOException {
        var table = entries.peek();
        if (table.isPresent()) {
            chunks.compareWith(table.get());
        }
        if (entries.peek().isPresent()) {
            throw entries.refusal(entries.peek().get(), "the archive should end here");
        }
        entries.requireEnd();
        ended = true;
    }

    /// Gives up the rest of the archive.
    @Override
    public void close() throws IOException {
        entries.close();
    }
}
