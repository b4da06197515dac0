package io.xenolith.repository.report;

import io.xenolith.repository.index.Location;
import io.xenolith.repository.index.PackEntry;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Optional;

/// A number for each chunk of some packs, 0 at first. Those used last are in memory, the others in a temporary file of eight
/// bytes a chunk, which is made when memory does not do. Chunks that follow each other on a disk mostly lie in the same
/// packs, so the file is seldom asked. Not safe for use by several threads.
final class ChunkNumbers implements Closeable {

    /// Pages of 16 KiB, which is about a pack: 16 MiB in memory.
    private static final int PAGES_IN_MEMORY = 1024;
    private static final int PAGE_NUMBERS = 2048;
    private static final int PAGE_BYTES = PAGE_NUMBERS * Long.BYTES;

    private final int pagesInMemory;
    private final long[] first; // by pack: the place of its first chunk among all
    private final LinkedHashMap<Long, Page> pages = new LinkedHashMap<>(16, 0.75f, true);
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(PAGE_BYTES);
    private Optional<FileChannel> file = Optional.empty();

    private static final class Page {
        private final long[] numbers = new long[PAGE_NUMBERS];
        private boolean changed;
    }

    ChunkNumbers(Collection<PackEntry> packs) {
        this(packs, PAGES_IN_MEMORY);
    }

    ChunkNumbers(Collection<PackEntry> packs, int pagesInMemory) {
        this.pagesInMemory = pagesInMemory;
        this.first = new long[packs.stream().mapToInt(PackEntry::number).max().orElse(-1) + 1];
        long chunks = 0;
        for (var pack : packs) {
            first[pack.number()] = chunks;
            chunks += pack.chunks();
        }
    }

    /// The chunk's number. The chunk lies in one of the packs.
    ///
    /// @throws IOException if the temporary file fails
    long get(Location chunk) throws IOException {
        long at = at(chunk);
        return page(at).numbers[(int) (at % PAGE_NUMBERS)];
    }

    /// @throws IOException if the temporary file fails, as on a full disk
    void set(Location chunk, long number) throws IOException {
        long at = at(chunk);
        var page = page(at);
        page.numbers[(int) (at % PAGE_NUMBERS)] = number;
        page.changed = true;
    }

    private long at(Location chunk) {
        return first[chunk.pack()] + chunk.ordinal();
    }

    private Page page(long at) throws IOException {
        long number = at / PAGE_NUMBERS;
        var page = pages.get(number);
        if (page == null) {
            if (pages.size() >= pagesInMemory) {
                writeEldest();
            }
            page = read(number);
            pages.put(number, page);
        }
        return page;
    }

    private void writeEldest() throws IOException {
        var eldest = pages.pollFirstEntry();
        if (eldest.getValue().changed) {
            if (file.isEmpty()) {
                file = Optional.of(FileChannel.open(Files.createTempFile("xenolith-report", ""), StandardOpenOption.READ,
                        StandardOpenOption.WRITE, StandardOpenOption.DELETE_ON_CLOSE));
            }
            buffer.clear().asLongBuffer().put(eldest.getValue().numbers);
            for (long offset = eldest.getKey() * PAGE_BYTES; buffer.hasRemaining();) {
                offset += file.get().write(buffer, offset);
            }
        }
    }

    /// What is not in the file, at its end or in a gap, is zeros.
    private Page read(long number) throws IOException {
        var page = new Page();
        if (file.isPresent()) {
            buffer.clear();
            int length = 0;
            for (int more = 0; more >= 0 && buffer.hasRemaining(); length = buffer.position()) {
                more = file.get().read(buffer, number * PAGE_BYTES + length);
            }
            buffer.flip().asLongBuffer().get(page.numbers, 0, length / Long.BYTES);
        }
        return page;
    }

    /// Removes the temporary file.
    @Override
    public void close() throws IOException {
        if (file.isPresent()) {
            file.get().close();
        }
    }
}
