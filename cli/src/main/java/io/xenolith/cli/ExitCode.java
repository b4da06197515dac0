package io.xenolith.cli;

/// What the process ends with. Others rely on these numbers.
public final class ExitCode {

    public static final int DONE = 0;
    public static final int FAILED = 1;
    static final int USAGE = 2;
    static final int DAMAGE = 3;
    static final int LOCKED = 4;
    public static final int INTERRUPTED = 130;

    private ExitCode() {
    }
}
