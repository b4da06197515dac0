package io.xenolith.cli.files;

import io.xenolith.cli.files.FileEntry.Type;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Reads file systems by 7-Zip, which knows them as archives. It is asked once for all names, which a large file system takes
/// its time to tell.
final class SevenZip implements FileReader {

    private final Tool sevenZip;
    private final Path fileSystem;

    /// What is in each directory, by its path; asked for when first needed.
    private Map<String, List<FileEntry>> directories = Map.of();

    SevenZip(Tool sevenZip, Path fileSystem) {
        this.sevenZip = sevenZip;
        this.fileSystem = fileSystem;
    }

    @Override
    public FileEntry root() {
        return new FileEntry("", Type.DIRECTORY, 0, "");
    }

    @Override
    public List<FileEntry> list(FileEntry directory) throws IOException, InterruptedException {
        if (directories.isEmpty()) {
            directories = readAll();
        }
        return directories.getOrDefault(directory.key(), List.of());
    }

    /// Entries are paragraphs of lines `Key = value`, of which Path is the first.
    private Map<String, List<FileEntry>> readAll() throws IOException, InterruptedException {
        var found = new LinkedHashMap<String, List<FileEntry>>();
        found.put("", new ArrayList<>());
        var said = sevenZip.say("", List.of("l", "-slt", "-ba", "-sccUTF-8", "--", fileSystem.toString()));
        for (var paragraph : said.split("\n\n")) {
            var values = new LinkedHashMap<String, String>();
            paragraph.lines().map(line -> line.split(" = ?", 2)).filter(pair -> pair.length == 2)
                    .forEach(pair -> values.putIfAbsent(pair[0], pair[1]));
            var path = values.getOrDefault("Path", "");
            if (!path.isEmpty()) {
                int slash = path.lastIndexOf('/');
                found.computeIfAbsent(slash < 0 ? "" : path.substring(0, slash), _ -> new ArrayList<>())
                        .add(entry(path, path.substring(slash + 1), values));
            }
        }
        return found;
    }

    private static FileEntry entry(String path, String name, Map<String, String> values) {
        boolean directory = values.getOrDefault("Folder", "-").equals("+") || values.getOrDefault("Attributes", "").startsWith("D");
        boolean link = !values.getOrDefault("Symbolic Link", "").isEmpty() || values.getOrDefault("Mode", "-").startsWith("l");
        var type = link ? Type.OTHER : directory ? Type.DIRECTORY : Type.FILE;
        var size = values.getOrDefault("Size", "");
        return new FileEntry(name, type, type == Type.FILE && size.matches("\\d{1,18}") ? Long.parseLong(size) : 0, path);
    }

    /// Without wildcards: a name is just that.
    @Override
    public void read(FileEntry file, OutputStream target) throws IOException, InterruptedException {
        sevenZip.copy("", List.of("x", "-so", "-spd", "--", fileSystem.toString(), file.key()), target);
    }
}
