package io.xenolith.cli.upkeep;

import io.xenolith.cli.ByteSize;
import io.xenolith.cli.ExitCode;
import io.xenolith.cli.Invocation;
import io.xenolith.cli.Passwords;
import io.xenolith.cli.Subcommand;
import io.xenolith.cli.UsageException;
import io.xenolith.cli.Version;
import io.xenolith.engine.chunk.Chunking;
import io.xenolith.engine.codec.Compression;
import io.xenolith.repository.RepositoryPlace;
import io.xenolith.repository.config.Configuration;
import io.xenolith.repository.config.Configurations;
import io.xenolith.repository.config.RepositoryKeys;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// Makes a new repository.
@Command(
        name = "init",
        description = "Makes a new, empty repository in a directory that is empty or not there yet.",
        footer = {
            "",
            "An encrypted repository cannot be read by anyone without its password, its owner included: keep the password"
                    + " in two places. 'xenolith key add' adds another one.",
            "",
            "Examples:",
            "  xenolith -r /backup init",
            "  xenolith -r /backup init --encrypt --compression zstd:9",
        })
public final class InitCommand extends Subcommand {

    @Option(names = "--encrypt", description = "Encrypt everything with AES-256-GCM. Asks for the password on a terminal.")
    public boolean encrypt;

    @Option(names = "--compression", paramLabel = "zstd[:LEVEL]|lz4|none", defaultValue = "zstd:3",
            description = "How new data is compressed. Default: ${DEFAULT-VALUE}")
    public Compression compression;

    @Option(names = "--chunk-size", paramLabel = "SIZE", defaultValue = "64k",
            description = "Mean size of deduplicated chunks, a power of two from 16k to 1m. Smaller finds more duplicates,"
                    + " larger needs less memory and time. Default: ${DEFAULT-VALUE}")
    public String chunkSize;

    /// What an init leaves that was cut off.
    private static final Set<String> LEFTOVERS = Set.of("keys", "tmp");

    public InitCommand(Invocation run) {
        super(run);
    }

    /// What came of it.
    public record Result(String repository, String id, boolean encrypted, String compression, int chunkSize) {
    }

    @Override
    public Integer call() throws IOException {
        var root = run.repositoryPath();
        var chunking = chunking();
        var place = RepositoryPlace.directory(root);
        if (!new Configurations(place.storage()).exist()) {
            requireEmpty(root);
        }
        var random = new SecureRandom();
        var wanted = new Configuration(newId(random), Instant.now().truncatedTo(ChronoUnit.SECONDS), Version.text(),
                chunking, compression, encrypt, Optional.empty());
        create(RepositoryPlace.newDirectory(root), wanted, random);
        var result = new Result(root.toString(), wanted.id(), encrypt, compression.toString(), chunking.meanBytes());
        run.results().show(result, out -> out.println("made %s repository %s in %s"
                .formatted(encrypt ? "the encrypted" : "the", result.id(), root)));
        return ExitCode.DONE;
    }

    private Chunking chunking() {
        try {
            return new Chunking(Math.toIntExact(ByteSize.parse(chunkSize)));
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw new UsageException("--chunk-size %s: %s".formatted(chunkSize, e.getMessage()));
        }
    }

    private static void requireEmpty(Path root) throws IOException {
        if (!Files.exists(root)) {
            return;
        }
        if (!Files.isDirectory(root)) {
            throw new IOException(root + " is no directory; name one that is empty or not there yet");
        }
        try (var entries = Files.newDirectoryStream(root, entry -> !LEFTOVERS.contains(entry.getFileName().toString()))) {
            if (entries.iterator().hasNext()) {
                throw new IOException(("%s is not empty and holds no repository; nothing was done, name a directory that is"
                        + " empty or not there yet").formatted(root));
            }
        }
    }

    private void create(RepositoryPlace place, Configuration wanted, SecureRandom random) throws IOException {
        var password = encrypt ? Optional.of(newPassword()) : Optional.<char[]>empty();
        try (var _ = RepositoryKeys.create(place.storage(), wanted, password, Instant.now(), random)) {
            password.ifPresent(typed -> Arrays.fill(typed, '\0'));
        }
    }

    private char[] newPassword() throws IOException {
        return new Passwords(run.surroundings(), run.options().passwordFile, "XENOLITH_PASSWORD",
                "New password of " + run.repositoryPath(), true).password()
                .orElseThrow(() -> new UsageException("--encrypt needs a password; give it by --password-file,"
                        + " XENOLITH_PASSWORD_FILE or XENOLITH_PASSWORD"));
    }

    private static String newId(SecureRandom random) {
        var id = new byte[16];
        random.nextBytes(id);
        return HexFormat.of().formatHex(id);
    }
}
