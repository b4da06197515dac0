package io.xenolith.repository.prune;

import io.xenolith.engine.chunk.ChunkIdentity;
import io.xenolith.repository.CorruptObjectException;
import io.xenolith.repository.Repository;
import io.xenolith.repository.index.PackEntry;
import io.xenolith.repository.pack.Compressors;
import io.xenolith.repository.pack.FrameBuilder;
import io.xenolith.repository.pack.PackKind;
import io.xenolith.repository.pack.PackReader;
import io.xenolith.repository.pack.PackStream;
import io.xenolith.repository.pack.PackTable;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/// Copies chunks that are still needed into new packs. For use by one thread.
final class PackRewriter implements Closeable {

    private static final int FRAME_BYTES = 1 << 20;

    private final Repository repository;
    private final PackReader packs;
    private final ChunkIdentity.Hasher hasher;
    private final Compressors compressors;
    private final Map<PackKind, PackStream> streams = new EnumMap<>(PackKind.class);
    private final Map<PackKind, FrameBuilder> frames = new EnumMap<>(PackKind.class);
    private final List<PackTable> written = Collections.synchronizedList(new ArrayList<>());

    PackRewriter(Repository repository) {
        this.repository = repository;
        this.packs = repository.packs();
        this.hasher = repository.identity().newHasher();
        this.compressors = new Compressors(repository.configuration().compression());
    }

    /// Copies chunks of a pack, having compared each with its id.
    ///
    /// @throws CorruptObjectException if one is damaged; the pack must then stay
    void copy(PackEntry pack, BitSet needed) throws IOException {
        var table = packs.readTable(pack.id(), pack.length());
        var target = frames(pack.id().kind());
        for (int frame = 0; frame < table.frames(); frame++) {
            int first = table.firstChunk(frame);
            int end = table.firstChunk(frame + 1);
            int next = needed.nextSetBit(first);
            if (next < 0 || next >= end) {
                continue;
            }
            var bytes = packs.readFrame(table, frame);
            int offset = 0;
            for (int ordinal = first; ordinal < end; ordinal++) {
                int length = table.chunkLength(ordinal);
                if (needed.get(ordinal)) {
                    var id = table.id(ordinal);
                    if (!hasher.id(bytes, offset, length).equals(id)) {
                        throw new CorruptObjectException(pack.id().name(),
                                "chunk %d in frame %d is not what its id says".formatted(ordinal, frame));
                    }
                    target.add(id, bytes, offset, length);
                }
                offset += length;
            }
        }
    }

    private FrameBuilder frames(PackKind kind) {
        return frames.computeIfAbsent(kind, _ -> {
            var stream = new PackStream(kind, repository.packBytes(), repository.storage(), repository.protection(),
                    repository.random(), written::add);
            streams.put(kind, stream);
            return new FrameBuilder(stream, compressors, FRAME_BYTES);
        });
    }

    /// Makes the copies durable and lists them in an index segment.
    void commit() throws IOException {
        for (var builder : frames.values()) {
            builder.flush();
        }
        for (var stream : streams.values()) {
            stream.flush();
        }
        for (int from = 0; from < written.size(); from += 64) {
            repository.segments().write(written.subList(from, Math.min(written.size(), from + 64)));
        }
    }

    @Override
    public void close() throws IOException {
        compressors.close();
        for (var stream : streams.values()) {
            stream.close();
        }
    }
}
