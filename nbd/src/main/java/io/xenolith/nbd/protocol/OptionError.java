package io.xenolith.nbd.protocol;

/// Why a server refuses an option.
public enum OptionError {
    UNSUPPORTED(0x80000001),
    POLICY(0x80000002),
    INVALID(0x80000003),
    PLATFORM(0x80000004),
    TLS_REQUIRED(0x80000005),
    UNKNOWN_EXPORT(0x80000006),
    SHUTDOWN(0x80000007),
    BLOCK_SIZE_REQUIRED(0x80000008),
    TOO_BIG(0x80000009),
    EXTENDED_HEADERS_REQUIRED(0x8000000a),
    /// Any other number with the highest bit set; never sent.
    OTHER(0x80000000);

    private final int code;

    OptionError(int code) {
        this.code = code;
    }

    /// The reply type on the wire.
    public int code() {
        return code;
    }

    static OptionError of(int code) {
        for (var error : values()) {
            if (error.code == code) {
                return error;
            }
        }
        return OTHER;
    }
}
