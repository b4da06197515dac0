package io.xenolith.cli.files;

import io.xenolith.cli.files.FileEntry.Type;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// Reads ext2, ext3 and ext4 by the debugfs of e2fsprogs, which opens them read-only. Files are found by their inodes, so
/// that no name of the disk becomes part of a command.
record DebugFs(Tool debugfs, Path fileSystem) implements FileReader {

    /// A line of `ls -p`: inode, mode in octal digits, user, group, name, size.
    private static final Pattern LINE = Pattern.compile("/(\\d+)/(\\d+)/\\d+/\\d+/(.*)/(\\d*)/");
    private static final int TYPE = 0170000;
    private static final int DIRECTORY = 0040000;
    private static final int FILE = 0100000;

    @Override
    public FileEntry root() {
        return new FileEntry("", Type.DIRECTORY, 0, "2");
    }

    @Override
    public List<FileEntry> list(FileEntry directory) throws IOException, InterruptedException {
        return debugfs.say("", command("ls -p", directory)).lines().map(DebugFs::entry).flatMap(Optional::stream)
                .filter(entry -> !entry.name().equals(".") && !entry.name().equals("..")).toList();
    }

    private static Optional<FileEntry> entry(String line) {
        var parts = LINE.matcher(line);
        if (!parts.matches() || parts.group(1).equals("0")) { // an inode of 0 is a name that was deleted
            return Optional.empty();
        }
        var type = switch (Integer.parseInt(parts.group(2), 8) & TYPE) {
            case DIRECTORY -> Type.DIRECTORY;
            case FILE -> Type.FILE;
            default -> Type.OTHER;
        };
        long size = parts.group(4).isEmpty() || type != Type.FILE ? 0 : Long.parseLong(parts.group(4));
        return Optional.of(new FileEntry(parts.group(3), type, size, parts.group(1)));
    }

    @Override
    public void read(FileEntry file, OutputStream target) throws IOException, InterruptedException {
        debugfs.copy("", command("cat", file), target);
    }

    private List<String> command(String command, FileEntry entry) {
        return List.of("-R", "%s <%s>".formatted(command, entry.key()), fileSystem.toString());
    }
}
