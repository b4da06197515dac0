package io.xenolith.repository.object;

/// What a small object is. The number is part of the format.
public enum ObjectKind {
    CONFIGURATION(1),
    RESTORE_POINT(2),
    INDEX_SEGMENT(3),
    VERIFICATION(4),
    DAMAGE(5),
    PIN(6),
    SUMMARY(7),
    SETTING(8),
    ACCOUNTS(9);

    private final int number;

    ObjectKind(int number) {
        this.number = number;
    }

    int number() {
        return number;
    }
}
