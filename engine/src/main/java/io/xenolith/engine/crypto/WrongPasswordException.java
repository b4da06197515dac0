package io.xenolith.engine.crypto;

/// A password that does not open a key slot whose bytes are whole. Another password may open it, or another slot.
public final class WrongPasswordException extends Exception {

    WrongPasswordException(KeySlot slot, Throwable cause) {
        super("wrong password for %s; check keyboard layout and capitals, or use the password of another key slot"
                .formatted(slot), cause);
    }
}
