package io.xenolith.cli.backup;

import io.xenolith.cli.ByteSize;
import io.xenolith.cli.Invocation;
import io.xenolith.cli.UsageException;
import io.xenolith.nbd.client.NbdClientOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Backs up what NBD servers serve.
@Command(
        name = "nbd",
        description = "Backs up disks over NBD: from qemu, nbdkit, libvirt, or any other server.",
        footer = {
            "",
            "A full reads what the server says is allocated. An increment reads what its dirty bitmap, or --changed, names,"
                    + " and a random sample of the rest to see whether that is true. Nobody may write to the export meanwhile.",
            "",
            "Examples:",
            "  xenolith -r /backup backup nbd --vm web nbd://host:10809/web",
            "  xenolith -r /backup backup nbd --vm web xvda=nbd+unix:///?socket=/run/web.sock --bitmap daily --base web@latest",
            "  xenolith -r /backup backup nbd --vm db nbds://host/db --tls-ca pool.pem --connections 4",
        })
public final class BackupNbdCommand extends BackupDisksCommand {

    @Parameters(arity = "1..*", paramLabel = "[DISK=]URI",
            description = "The disks: nbd://HOST[:PORT]/EXPORT, nbds: for TLS, nbd+unix:///EXPORT?socket=PATH for a socket."
                    + " Without a name the first is called xvda, the second xvdb, and so on.")
    public List<String> uris = List.of();

    @Option(names = "--bitmap", paramLabel = "NAME",
            description = "The server's dirty bitmap (qemu:dirty-bitmap:NAME, or any metadata context by its whole name) that"
                    + " tells what changed since --base.")
    public Optional<String> bitmap = Optional.empty();

    @Option(names = "--connections", paramLabel = "N", defaultValue = "0",
            description = "Connections for each disk, at most 16. Default: up to 4 where the server allows several, else 1")
    public int connections;

    @Option(names = "--read-ahead", paramLabel = "SIZE", defaultValue = "8m",
            description = "How much is asked for ahead of each thread that reads. Default: ${DEFAULT-VALUE}")
    public String readAhead;

    @ArgGroup(validate = false, heading = "%nFor servers with TLS (nbds:):%n")
    public NbdTlsOptions tls = new NbdTlsOptions();

    public BackupNbdCommand(Invocation run) {
        super(run);
    }

    @Override
    public List<String> arguments() {
        return uris;
    }

    @Override
    public void requireMore() {
        if (bitmap.isPresent() && base.isEmpty()) {
            throw new UsageException("--bitmap needs --base: the restore point that the bitmap counts from");
        }
        if (bitmap.isPresent() && !changed.isEmpty()) {
            throw new UsageException("--bitmap and --changed both tell what changed");
        }
        if (connections < 0 || connections > NbdClientOptions.MAX_CONNECTIONS) {
            throw new UsageException("--connections: 0 to " + NbdClientOptions.MAX_CONNECTIONS);
        }
    }

    @Override
    public DiskOpener opener() {
        try {
            var options = NbdClientOptions.DEFAULT.withConnections(connections).withTls(tls.tls());
            return new NbdExports(options, bitmap, Math.toIntExact(Math.min(256L << 20, ByteSize.parse(readAhead))));
        } catch (IllegalArgumentException e) {
            throw new UsageException("--read-ahead: " + e.getMessage());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
