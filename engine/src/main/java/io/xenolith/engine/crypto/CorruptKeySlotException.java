package io.xenolith.engine.crypto;

/// A key slot whose bytes are not those that were written. Reading them again does not help.
public final class CorruptKeySlotException extends KeySlotException {

    CorruptKeySlotException(String finding) {
        super("the key slot is damaged: " + finding + "; restore it from a copy, or use the password of another key slot", null);
    }
}
