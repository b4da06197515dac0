package io.xenolith.engine.backup;

import java.io.IOException;

/// The base of an increment is damaged or cannot be read: told apart from a failing source, since the source can be read as a
/// whole instead.
final class BaseUnreadableException extends IOException {

    private BaseUnreadableException(IOException cause) {
        super(cause.getMessage(), cause);
    }

    /// What is read of the base.
    interface Read<T> {
        T read() throws IOException;
    }

    static <T> T guard(Read<T> read) throws BaseUnreadableException {
        try {
            return read.read();
        } catch (IOException e) {
            throw new BaseUnreadableException(e);
        }
    }
}
