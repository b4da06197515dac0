package io.xenolith.cli.backup;

import picocli.CommandLine.Option;

/// How much of a pool backups may keep busy at a time.
public final class LimitOptions {

    private static final int DEFAULT_PARALLEL = 2;
    private static final int DEFAULT_CONNECTIONS = 2;

    @Option(names = "--parallel", paramLabel = "N", description = "Machines at a time. Default: 2")
    public int parallel;

    @Option(names = "--per-host", paramLabel = "N", description = "Machines at a time that run on one host. Default: no limit")
    public int perHost;

    @Option(names = "--per-storage", paramLabel = "N", description = "Machines at a time with disks on one storage repository."
            + " Default: no limit")
    public int perStorage;

    @Option(names = "--connections", paramLabel = "N", description = "NBD connections for each disk. Default: 2")
    public int connections;

    @Option(names = "--insecure-nbd", description = "Read over NBD in the clear where hosts have no TLS: whoever listens gets the"
            + " disks and the session.")
    public boolean insecureNbd;

    public int parallel() {
        return Math.clamp(parallel == 0 ? DEFAULT_PARALLEL : parallel, 1, 64);
    }

    public int connections() {
        return Math.clamp(connections == 0 ? DEFAULT_CONNECTIONS : connections, 1, 16);
    }
}
