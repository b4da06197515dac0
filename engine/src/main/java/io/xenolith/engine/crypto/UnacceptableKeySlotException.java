package io.xenolith.engine.crypto;

/// A key slot whose bytes are whole, but ask for what this version does not do.
public final class UnacceptableKeySlotException extends KeySlotException {

    UnacceptableKeySlotException(String finding, Throwable cause) {
        super("the key slot is not acceptable: " + finding
                + "; use the version of Xenolith that wrote it, or the password of another key slot", cause);
    }
}
