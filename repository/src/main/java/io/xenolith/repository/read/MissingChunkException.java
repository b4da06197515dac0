package io.xenolith.repository.read;

import io.xenolith.engine.chunk.ChunkId;
import io.xenolith.repository.RepositoryException;

/// A chunk or node is nowhere in the repository: its pack is gone or cut, or the chunk is known to be damaged.
public final class MissingChunkException extends RepositoryException {

    public MissingChunkException(ChunkId id) {
        super("chunk %s is in no pack that is there and whole; 'xenolith verify' lists what needs it".formatted(id));
    }
}
