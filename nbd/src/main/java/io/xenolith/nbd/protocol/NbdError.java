package io.xenolith.nbd.protocol;

/// Why a server failed a request.
public enum NbdError {
    NOT_PERMITTED(1, "EPERM"),
    IO(5, "EIO"),
    NO_MEMORY(12, "ENOMEM"),
    INVALID(22, "EINVAL"),
    NO_SPACE(28, "ENOSPC"),
    OVERFLOW(75, "EOVERFLOW"),
    NOT_SUPPORTED(95, "ENOTSUP"),
    SHUTDOWN(108, "ESHUTDOWN");

    private final int code;
    private final String symbol;

    NbdError(int code, String symbol) {
        this.code = code;
        this.symbol = symbol;
    }

    /// The number on the wire.
    public int code() {
        return code;
    }

    /// The error with the number `code`; any number the protocol does not have counts as [#INVALID].
    public static NbdError of(int code) {
        for (var error : values()) {
            if (error.code == code) {
                return error;
            }
        }
        return INVALID;
    }

    /// The symbol of errno(3), by which people look it up.
    @Override
    public String toString() {
        return symbol;
    }
}
