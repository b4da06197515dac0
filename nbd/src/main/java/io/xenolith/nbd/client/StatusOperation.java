package io.xenolith.nbd.client;

import io.xenolith.nbd.protocol.Command;
import io.xenolith.nbd.protocol.StatusChunk;
import java.util.List;

/// One question about a context. The server may answer for less than was asked, but for at least one byte.
final class StatusOperation extends Operation {
    private final String context;
    private volatile List<StatusChunk.Extent> extents;

    StatusOperation(String context, long offset, long length) {
        super(offset, offset + length);
        this.context = context;
    }

    @Override
    Command command() {
        return Command.BLOCK_STATUS;
    }

    String context() {
        return context;
    }

    void answer(List<StatusChunk.Extent> answer) {
        extents = answer;
    }

    List<StatusChunk.Extent> extents() {
        return extents;
    }
}
