package io.xenolith.engine.crypto;

/// Bytes that cannot be used as a key slot, whatever the password. Other slots of the repository may do.
public abstract sealed class KeySlotException extends Exception
        permits CorruptKeySlotException, UnacceptableKeySlotException {

    KeySlotException(String message, Throwable cause) {
        super(message, cause);
    }
}
