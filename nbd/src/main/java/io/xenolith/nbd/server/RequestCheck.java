package io.xenolith.nbd.server;

import io.xenolith.nbd.protocol.Command;
import io.xenolith.nbd.protocol.ErrorChunk;
import io.xenolith.nbd.protocol.Limits;
import io.xenolith.nbd.protocol.NbdError;
import io.xenolith.nbd.protocol.Request;
import java.util.Optional;
import java.util.OptionalLong;

/// Which requests an export takes. Everything a client can do wrong inside a request is told to it, and its connection
/// goes on.
record RequestCheck(long size, boolean writable, Terms terms) {

    /// Why the request is refused; empty if it may run.
    Optional<ErrorChunk> refusal(Request request) {
        return switch (request.command()) {
            case READ -> firstOf(flags(request, terms.form().chunked() ? Command.DONT_FRAGMENT : 0),
                    inside(request, NbdError.INVALID), payload(request));
            case WRITE -> firstOf(permission(), flags(request, 0), inside(request, NbdError.NO_SPACE));
            case TRIM -> firstOf(permission(), flags(request, 0), inside(request, NbdError.INVALID));
            case WRITE_ZEROES -> firstOf(permission(), flags(request, Command.NO_HOLE),
                    inside(request, NbdError.NO_SPACE));
            case FLUSH -> flags(request, 0);
            case CACHE -> firstOf(flags(request, 0), inside(request, NbdError.INVALID));
            case BLOCK_STATUS -> firstOf(flags(request, Command.ONE_EXTENT), contexts(),
                    inside(request, NbdError.INVALID));
            case DISCONNECT -> Optional.empty();
            case RESIZE, UNKNOWN -> refuse(NbdError.INVALID, "this server does not know the command");
        };
    }

    private Optional<ErrorChunk> permission() {
        return writable ? Optional.empty() : refuse(NbdError.NOT_PERMITTED, "the export is read-only");
    }

    private Optional<ErrorChunk> flags(Request request, int allowed) {
        // extended writes must say that their payload follows; nothing else may have one here
        int payload = terms.form().extended() && request.command() == Command.WRITE ? Command.PAYLOAD_LENGTH : 0;
        boolean legal = (request.flags() & ~(allowed | Command.FUA | payload)) == 0
                && (request.flags() & payload) == payload;
        return legal ? Optional.empty()
                : refuse(NbdError.INVALID, "flags %x do not go with %s".formatted(request.flags(), request.command()));
    }

    private Optional<ErrorChunk> inside(Request request, NbdError error) {
        if (request.length() == 0) {
            return refuse(NbdError.INVALID, "a request for 0 bytes");
        }
        return request.fits(size) ? Optional.empty() : refuse(error, "%s bytes from %s on end beyond the export's %d bytes"
                .formatted(Long.toUnsignedString(request.length()), Long.toUnsignedString(request.offset()), size));
    }

    private static Optional<ErrorChunk> payload(Request request) {
        return request.length() <= Limits.PAYLOAD ? Optional.empty() : refuse(NbdError.INVALID,
                "a read of %d bytes, at most %d are served".formatted(request.length(), Limits.PAYLOAD));
    }

    private Optional<ErrorChunk> contexts() {
        return terms.contexts().isEmpty()
                ? refuse(NbdError.INVALID, "no metadata context was selected for this export") : Optional.empty();
    }

    private static Optional<ErrorChunk> refuse(NbdError error, String text) {
        return Optional.of(new ErrorChunk(error, text, OptionalLong.empty()));
    }

    @SafeVarargs
    private static Optional<ErrorChunk> firstOf(Optional<ErrorChunk>... refusals) {
        for (var refusal : refusals) {
            if (refusal.isPresent()) {
                return refusal;
            }
        }
        return Optional.empty();
    }
}
