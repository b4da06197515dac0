package io.xenolith.cli;

import java.util.concurrent.Callable;

/// A command. Its answer is the exit code.
abstract class Subcommand implements Callable<Integer> {

    /// What it works with.
    final Invocation run;

    Subcommand(Invocation run) {
        this.run = run;
    }
}
