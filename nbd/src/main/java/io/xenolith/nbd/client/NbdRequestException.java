package io.xenolith.nbd.client;

import io.xenolith.nbd.protocol.NbdError;
import java.util.Optional;

/// These bytes could not be read or asked about: the server failed the request, or lost its connection over it, as often as
/// the options allow. Other parts of the export may be readable.
public final class NbdRequestException extends NbdException {
    private final NbdError error;
    private final long offset;
    private final long length;

    NbdRequestException(NbdError error, long offset, long length, String message, Throwable cause) {
        super(message, cause);
        this.error = error;
        this.offset = offset;
        this.length = length;
    }

    /// The server's error; none if its connections ended instead, which is how some servers report errors.
    public Optional<NbdError> error() {
        return Optional.ofNullable(error);
    }

    /// Where the failed request began, in bytes.
    public long offset() {
        return offset;
    }

    /// The length of the failed request in bytes.
    public long length() {
        return length;
    }
}
