package io.xenolith.cli.files;

import io.xenolith.cli.ByteSize;
import io.xenolith.cli.ExitCode;
import io.xenolith.cli.Invocation;
import io.xenolith.cli.OpenRepository;
import io.xenolith.cli.Subcommand;
import io.xenolith.cli.Table;
import io.xenolith.cli.Temporary;
import io.xenolith.cli.UsageException;
import io.xenolith.cli.Words;
import io.xenolith.engine.point.PointDisk;
import io.xenolith.engine.point.RestorePoint;
import io.xenolith.repository.lock.LockMode;
import io.xenolith.repository.point.NoSuchPointException;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Lists and extracts files of a restore point.
@Command(
        name = "files",
        description = "Lists the files on a disk of a restore point, or takes some out, without root and without restoring it.",
        footer = {
            "",
            "Reads ext2, ext3 and ext4 by debugfs (e2fsprogs), and NTFS, FAT, SquashFS and ISO 9660 by 7-Zip (7zip); quickest"
                    + " with nbdfuse (libnbd-bin). docs/files.md tells what to do for others.",
            "",
            "Examples:",
            "  xenolith -r /backup files web@latest",
            "  xenolith -r /backup files web@latest /etc --partition 1",
            "  xenolith -r /backup files web@latest:xvda /etc/fstab --output -",
            "  xenolith -r /backup files web@latest /home/anna --output restored/",
        })
public final class FilesCommand extends Subcommand {

    @Parameters(index = "0", paramLabel = "POINT[:DISK]", description = "The restore point, and its disk if it has several.")
    String reference;

    @Parameters(index = "1", arity = "0..1", paramLabel = "PATH",
            description = "A file or directory on it, such as /etc/fstab. Default: the top directory")
    Optional<String> path = Optional.empty();

    @Option(names = "--partition", paramLabel = "N", description = "The partition, if several can be read.")
    Optional<Integer> partition = Optional.empty();

    @Option(names = {"-o", "--output"}, paramLabel = "FILE|DIR|-",
            description = "Take PATH out: to a new file or directory, into a directory that is there, or to standard output.")
    Optional<String> output = Optional.empty();

    public FilesCommand(Invocation run) {
        super(run);
    }

    /// What is on a disk.
    record Partitions(String point, String disk, List<OnDisk> partitions) {
    }

    /// A partition.
    record OnDisk(int number, long size, String fileSystem) {
    }

    /// What is in a directory.
    record Listing(String point, String disk, int partition, String path, List<Entry> entries) {
    }

    /// A file or directory.
    ///
    /// @param type file, directory or other
    record Entry(String name, String type, long size) {
    }

    /// What was taken out.
    record Extracted(String point, String disk, int partition, String path, String output, long files, long bytes,
            List<String> leftOut) {
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (output.isPresent() && output.get().equals("-") && run.options().json()) {
            throw new UsageException("--json and --output - both want standard output");
        }
        try (var open = run.open(LockMode.READ, "files")) {
            var found = find(open);
            var partitions = PartitionTable.read(open.disk(found.disk()));
            var chosen = choose(partitions);
            if (chosen.isEmpty()) {
                show(found, partitions);
            } else {
                read(found, chosen.get());
            }
            return ExitCode.DONE;
        }
    }

    private record Found(RestorePoint point, PointDisk disk) {
    }

    /// A time has colons in it, so what is behind the last one is a disk only if the whole is no point.
    private Found find(OpenRepository open) throws IOException {
        var catalog = open.repository().catalog();
        int colon = reference.lastIndexOf(':');
        try {
            var point = catalog.resolve(reference);
            if (point.disks().size() != 1) {
                throw new UsageException("%s has several disks; write %s:DISK with one of %s".formatted(reference, reference,
                        point.disks().stream().map(PointDisk::name).collect(Collectors.joining(", "))));
            }
            return new Found(point, point.disks().getFirst());
        } catch (NoSuchPointException e) {
            if (colon < 0) {
                throw e;
            }
        }
        var point = catalog.resolve(reference.substring(0, colon));
        var name = reference.substring(colon + 1);
        return new Found(point, point.disk(name).orElseThrow(() -> new UsageException("the restore point %s has no disk called %s"
                .formatted(point.id(), name))));
    }

    /// The partition that is meant; empty if the user should be shown which there are.
    private Optional<Partition> choose(List<Partition> partitions) {
        if (partition.isPresent()) {
            return Optional.of(partitions.stream().filter(candidate -> candidate.number() == partition.get()).findAny()
                    .orElseThrow(() -> new UsageException("--partition %d: there are %s".formatted(partition.get(), words(partitions)))));
        }
        var readable = partitions.stream().filter(candidate -> candidate.fileSystem().isReadable()).toList();
        if (readable.size() == 1) {
            return Optional.of(readable.getFirst());
        }
        if (path.isPresent() || output.isPresent()) {
            throw new UsageException("say by --partition which is meant: %s".formatted(words(partitions)));
        }
        return Optional.empty();
    }

    private static String words(List<Partition> partitions) {
        return partitions.stream().map(Partition::words).collect(Collectors.joining(", "));
    }

    private void show(Found found, List<Partition> partitions) throws IOException {
        var rows = partitions.stream().map(part -> new OnDisk(part.number(), part.content().size(), part.fileSystem().words())).toList();
        run.results().show(new Partitions(found.point().id(), found.disk().name(), rows), out -> {
            var table = new Table(">PARTITION", ">SIZE", "HOLDS");
            rows.forEach(row -> table.row(row.number(), ByteSize.format(row.size()), row.fileSystem()));
            table.print(out);
        });
    }

    private void read(Found found, Partition chosen) throws IOException, InterruptedException {
        try (var temporary = Temporary.in(Temporary.systemFolder(), "xenolith-files-");
                var file = PartitionFile.open(run, chosen.content(), requireReadable(chosen, temporary.path()))) {
            var reader = reader(chosen, temporary.path(), file.path());
            var entry = entry(reader);
            if (output.isPresent()) {
                extract(found, chosen, reader, entry);
            } else {
                list(found, chosen, entry.type() == FileEntry.Type.DIRECTORY ? reader.list(entry) : List.of(entry));
            }
        }
    }

    private static Path requireReadable(Partition chosen, Path folder) throws IOException {
        if (!chosen.fileSystem().isReadable()) {
            throw new IOException("%s cannot be read here; docs/files.md tells other ways, such as guestfish".formatted(chosen.words()));
        }
        return folder;
    }

    private static FileReader reader(Partition chosen, Path folder, Path file) throws IOException {
        return chosen.fileSystem() == FileSystem.EXT
                ? new DebugFs(Tool.find(folder, "e2fsprogs", "debugfs"), file)
                : new SevenZip(Tool.find(folder, "7zip", "7zz", "7z"), file);
    }

    private FileEntry entry(FileReader reader) throws IOException, InterruptedException {
        var entry = reader.root();
        for (var name : path.orElse("").split("/")) {
            if (name.isEmpty()) {
                continue;
            }
            var inside = entry.type() == FileEntry.Type.DIRECTORY ? reader.list(entry) : List.<FileEntry>of();
            entry = inside.stream().filter(candidate -> candidate.name().equals(name)).findFirst()
                    .orElseThrow(() -> new IOException("%s is not there: no '%s'".formatted(path.orElse("/"), name)));
        }
        return entry;
    }

    private void list(Found found, Partition chosen, List<FileEntry> entries) throws IOException {
        var rows = entries.stream().map(entry -> new Entry(entry.name(), Words.of(entry.type()), entry.size())).toList();
        var listing = new Listing(found.point().id(), found.disk().name(), chosen.number(), path.orElse("/"), rows);
        run.results().show(listing, out -> {
            var table = new Table("TYPE", ">SIZE", "NAME");
            rows.forEach(row -> table.row(row.type(), row.type().equals("file") ? ByteSize.format(row.size()) : "",
                    printable(row.name())));
            table.print(out);
        });
    }

    /// A name from a disk could hold what a terminal takes for a command.
    private static String printable(String name) {
        return name.replaceAll("\\p{Cntrl}", "?");
    }

    private void extract(Found found, Partition chosen, FileReader reader, FileEntry entry) throws IOException, InterruptedException {
        if (output.orElseThrow().equals("-")) {
            if (entry.type() != FileEntry.Type.FILE) {
                throw new UsageException("only a file can go to standard output");
            }
            reader.read(entry, run.surroundings().out());
            return;
        }
        var target = target(entry);
        var extraction = new Extraction(reader);
        try (var unfinished = Temporary.in(target.toAbsolutePath().getParent(), ".xenolith-partial-")) {
            extraction.copy(entry, unfinished.path().resolve("content"));
            Files.move(unfinished.path().resolve("content"), target);
        }
        var result = new Extracted(found.point().id(), found.disk().name(), chosen.number(), path.orElse("/"), target.toString(),
                extraction.files(), extraction.bytes(), extraction.leftOut());
        run.results().show(result, out -> out.println("%d files, %s, to %s%s".formatted(result.files(),
                ByteSize.format(result.bytes()), target, result.leftOut().isEmpty() ? ""
                        : "; %d links, devices and unusable names were left out".formatted(result.leftOut().size()))));
    }

    private Path target(FileEntry entry) throws IOException {
        var named = Path.of(output.orElseThrow());
        boolean into = (Files.isDirectory(named) || output.get().endsWith("/")) && entry.isSafe();
        var target = into ? named.resolve(entry.name()) : named;
        if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
            throw new FileAlreadyExistsException(target.toString());
        }
        return target;
    }
}
