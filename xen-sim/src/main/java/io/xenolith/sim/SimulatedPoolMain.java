package io.xenolith.sim;

import io.xenolith.sim.fault.Fault;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Locale;
import java.util.Random;

/// Starts a pool with two small VMs and keeps it until its input ends or it is interrupted.
///
/// ```text
///   [--version 7.3|8.0|8.2|8.3] [--directory DIR] [--hosts N] [--nbd tls|clear|off] [--fault LINE]…
/// ```
/// A fault line is as [Fault] says. Without a directory the disks lie in a temporary one.
public final class SimulatedPoolMain {
    private static final long MIB = 1L << 20;

    private enum NbdMode { TLS, CLEAR, OFF }

    private SimulatedPoolMain() {}

    public static void main(String[] arguments) throws IOException {
        try (var pool = start(arguments)) {
            announce(pool, System.out);
            while (System.in.read() >= 0) {
                // until the input ends
            }
        }
    }

    /// Starts a pool as the command line says.
    ///
    /// @throws IllegalArgumentException for an unknown option
    public static SimulatedPool start(String... arguments) throws IOException {
        var builder = SimulatedPool.builder();
        Path directory = null;
        var nbd = NbdMode.TLS;
        var faults = new ArrayList<Fault.Order>();
        for (int i = 0; i + 1 < arguments.length; i += 2) {
            var value = arguments[i + 1];
            switch (arguments[i]) {
                case "--version" -> builder.version(version(value));
                case "--directory" -> directory = Path.of(value);
                case "--hosts" -> builder.hosts(Integer.parseInt(value));
                case "--nbd" -> nbd = NbdMode.valueOf(value.toUpperCase(Locale.ROOT));
                case "--fault" -> faults.add(Fault.parse(value));
                default -> throw new IllegalArgumentException("unknown option " + arguments[i]);
            }
        }
        var pool = builder.directory(directory == null ? Files.createTempDirectory("xen-sim") : directory).start();
        faults.forEach(pool.faults()::order);
        if (nbd != NbdMode.OFF) {
            pool.serveNbd(nbd == NbdMode.TLS);
        }
        fill(pool.addVm("web-01", 64 * MIB, 32 * MIB), 1);
        fill(pool.addVm("db-01", 96 * MIB), 2);
        return pool;
    }

    private static XenVersion version(String product) {
        for (var version : XenVersion.values()) {
            if (version.product().startsWith(product)) {
                return version;
            }
        }
        throw new IllegalArgumentException("no version %s; there are 7.3, 8.0, 8.2 and 8.3".formatted(product));
    }

    /// Gives the disks some content that is the same at every start.
    private static void fill(SimulatedVm vm, long seed) throws IOException {
        var random = new Random(seed);
        for (var disk : vm.disks()) {
            for (long offset = 0; offset < disk.size() / 2; offset += 4 * MIB) {
                var bytes = new byte[(int) MIB];
                random.nextBytes(bytes);
                disk.write(offset, bytes);
            }
        }
        vm.setPowerState("Running");
    }

    private static void announce(SimulatedPool pool, PrintStream out) {
        out.println("url         " + pool.url());
        out.println("user        " + pool.user());
        out.println("password    " + pool.password());
        out.println("fingerprint " + pool.fingerprint());
        out.flush();
    }
}
