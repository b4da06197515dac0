package io.xenolith.cli;

import io.xenolith.repository.point.Points;
import io.xenolith.repository.point.VmName;
import java.util.concurrent.Callable;

/// A command. Its answer is the exit code.
public abstract class Subcommand implements Callable<Integer> {

    /// What it works with.
    protected final Invocation run;

    protected Subcommand(Invocation run) {
        this.run = run;
    }

    /// Returns the machine's name, as it was given by `--vm`.
    ///
    /// @throws UsageException if no machine can be called so
    public static String requireVm(String name) {
        try {
            return VmName.require(name);
        } catch (IllegalArgumentException e) {
            throw new UsageException("--vm: " + e.getMessage());
        }
    }

    /// Warns of what in the catalog cannot be read.
    ///
    /// @return the exit code that comes of it
    protected final int warnOfUnreadable(Points found) {
        found.unreadable().forEach(object ->
                run.warn("restore point %s cannot be read: %s".formatted(object.name(), object.reason())));
        return found.unreadable().isEmpty() ? ExitCode.DONE : ExitCode.DAMAGE;
    }
}
