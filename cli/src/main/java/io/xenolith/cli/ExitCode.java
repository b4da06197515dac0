package io.xenolith.cli;

/// What the process ends with. Others rely on these numbers.
public final class ExitCode {

    public static final int DONE = 0;
    public static final int FAILED = 1;
    public static final int USAGE = 2;
    public static final int DAMAGE = 3;
    public static final int LOCKED = 4;
    public static final int INTERRUPTED = 130;

    private ExitCode() {
    }
}
