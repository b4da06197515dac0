package io.xenolith.cli;

import java.util.concurrent.CountDownLatch;

/// The process: runs a command, and stops it when the process is told to end. A command that is stopped removes what it had
/// not finished and gives back its locks before the process ends; the system then sets the exit code, 130 for Ctrl-C.
public final class Main {

    private Main() {
    }

    public static void main(String[] args) {
        var finished = new CountDownLatch(1);
        var command = Thread.currentThread();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(command, finished), "stop"));
        int exitCode = ExitCode.FAILED;
        try {
            exitCode = Cli.run(Surroundings.ofProcess(), args);
        } finally {
            finished.countDown();
        }
        System.exit(exitCode);
    }

    private static void stop(Thread command, CountDownLatch finished) {
        if (finished.getCount() == 0) {
            return;
        }
        command.interrupt();
        try {
            finished.await();
        } catch (InterruptedException _) {
            // nobody interrupts this thread; if it happened, the process would end at once, which a crash may do as well
        }
    }
}
