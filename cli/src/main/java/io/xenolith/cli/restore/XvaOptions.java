package io.xenolith.cli.restore;

import io.xenolith.cli.ByteSize;
import io.xenolith.cli.UsageException;
import io.xenolith.source.xva.ChunkChecksum;
import io.xenolith.source.xva.Compression;
import io.xenolith.source.xva.NewOva.Firmware;
import io.xenolith.source.xva.XvaFormat;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine.Option;

/// How an XVA archive is written, and what it says of a machine that nobody described.
public final class XvaOptions {

    private static final long DEFAULT_MEMORY_BYTES = 1L << 30;

    @Option(names = "--checksum", paramLabel = "xxhash|sha1", description = "The checksums of its chunks. Hosts before 8.1 take"
            + " sha1 only. Default: xxhash")
    public Optional<String> checksum = Optional.empty();

    @Option(names = "--memory", paramLabel = "SIZE", description = "Memory of a machine that was backed up without a"
            + " description. Default: 1g")
    public Optional<String> memory = Optional.empty();

    @Option(names = "--vcpus", paramLabel = "N", description = "Its virtual processors. Default: 1")
    public Optional<Integer> vcpus = Optional.empty();

    @Option(names = "--firmware", paramLabel = "bios|uefi", description = "What starts it. Default: bios")
    public Optional<String> firmware = Optional.empty();

    /// Whether any of them was given.
    public boolean given() {
        return checksum.isPresent() || describes();
    }

    /// Whether any of those that describe the machine was given.
    public boolean describes() {
        return memory.isPresent() || vcpus.isPresent() || firmware.isPresent();
    }

    public XvaFormat format(Optional<String> compression) {
        return new XvaFormat(switch (compression.orElse("none")) {
            case "none" -> Compression.NONE;
            case "zstd" -> Compression.ZSTD;
            case "gzip" -> Compression.GZIP;
            default -> throw new UsageException("--compress %s: an XVA takes zstd or gzip".formatted(compression.get()));
        }, switch (checksum.orElse("xxhash")) {
            case "xxhash" -> ChunkChecksum.XXHASH;
            case "sha1" -> ChunkChecksum.SHA1;
            default -> throw new UsageException("--checksum %s: xxhash or sha1".formatted(checksum.get()));
        });
    }

    public long memoryBytes() {
        try {
            return memory.map(ByteSize::parse).orElse(DEFAULT_MEMORY_BYTES);
        } catch (IllegalArgumentException e) {
            throw new UsageException("--memory: " + e.getMessage());
        }
    }

    public int processors() {
        return vcpus.orElse(1);
    }

    public Firmware startedBy() {
        return switch (firmware.orElse("bios").toLowerCase(Locale.ROOT)) {
            case "bios" -> Firmware.BIOS;
            case "uefi" -> Firmware.UEFI;
            default -> throw new UsageException("--firmware %s: bios or uefi".formatted(firmware.get()));
        };
    }
}
