package io.xenolith.source.history;

import io.xenolith.source.history.History.LeftOut;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;

/// The files of a share that backups are made of, told by their names.
final class Tree {

    private static final Pattern UUID = Pattern.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");
    private static final Pattern ORCHESTRA_JSON = Pattern.compile("\\d{8}T\\d{6}Z\\.json");
    private static final String ALIAS = ".alias.vhd";
    private static final int LEVELS_BELOW_VDIS = 3; // the job, the disk, the file

    private final Path root;
    private final SortedSet<Path> archives = new TreeSet<>();
    private final SortedSet<Path> descriptions = new TreeSet<>();
    private final SortedSet<Path> images = new TreeSet<>();
    private final List<LeftOut> leftOut = new ArrayList<>();

    private Tree(Path root) {
        this.root = root;
    }

    /// @param root without symbolic links
    static Tree walk(Path root) throws IOException {
        if (!Files.isDirectory(root)) {
            throw new NotDirectoryException(root.toString());
        }
        try (var _ = Files.newDirectoryStream(root)) { // or the walk would tell of it as of anything else
            var tree = new Tree(root);
            Files.walkFileTree(root, tree.new Visitor());
            return tree;
        }
    }

    SortedSet<Path> archives() {
        return archives;
    }

    SortedSet<Path> descriptions() {
        return descriptions;
    }

    SortedSet<Path> images() {
        return images;
    }

    List<LeftOut> leftOut() {
        return leftOut;
    }

    /// Whether `vhd` lies where Xen Orchestra keeps the disks that its descriptions name.
    boolean isOrchestras(Path vhd) {
        int vdis = vhd.getNameCount() - 1 - LEVELS_BELOW_VDIS;
        return vdis >= root.getNameCount() && vhd.getName(vdis).toString().equals("vdis");
    }

    static boolean isAlias(Path file) {
        return lowerName(file).endsWith(ALIAS);
    }

    private static String lowerName(Path file) {
        return file.getFileName().toString().toLowerCase(Locale.ROOT);
    }

    /// What an exception says, with a few words for those that only name a file.
    static String sentence(IOException e) {
        return switch (e) {
            case AccessDeniedException _ -> "this user may not read it";
            case NoSuchFileException _ -> "it is there no more";
            case FileSystemException failure when failure.getReason() != null -> failure.getReason();
            default -> e.getMessage() == null ? "it cannot be read: " + e.getClass().getSimpleName() : e.getMessage();
        };
    }

    private final class Visitor extends SimpleFileVisitor<Path> {

        @Override
        public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
            if (directory.equals(root)) {
                return FileVisitResult.CONTINUE;
            }
            if (lowerName(directory).endsWith(".vhd")) {
                leftOut.add(new LeftOut(directory, "a VHD that is kept as a directory of blocks, which is not read; let Xen"
                        + " Orchestra restore it, or keep it until it expires"));
                return FileVisitResult.SKIP_SUBTREE;
            }
            return isUnfinished(directory) ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            if (isUnfinished(file)) {
                return FileVisitResult.CONTINUE;
            }
            if (attributes.isSymbolicLink()) {
                visitLink(file);
            } else if (attributes.isRegularFile()) {
                sort(file);
            }
            return FileVisitResult.CONTINUE;
        }

        /// A link to something in the tree is a second name for what is met anyway.
        private void visitLink(Path link) {
            try {
                var target = link.toRealPath();
                if (!target.startsWith(root) && (Files.isDirectory(target) || isBackup(link) || isBackup(target))) {
                    leftOut.add(new LeftOut(link, "a symbolic link that leads out of the tree to %s; import that on its own"
                            .formatted(target)));
                }
            } catch (IOException e) {
                if (isBackup(link)) {
                    leftOut.add(new LeftOut(link, "a symbolic link that leads nowhere"));
                }
            }
        }

        private boolean isUnfinished(Path path) {
            return path.getFileName().toString().startsWith(".");
        }

        @Override
        public FileVisitResult visitFileFailed(Path file, IOException e) {
            leftOut.add(new LeftOut(file, sentence(e)));
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult postVisitDirectory(Path directory, IOException e) {
            if (e != null) {
                leftOut.add(new LeftOut(directory, "it could not be listed to its end: " + sentence(e)));
            }
            return FileVisitResult.CONTINUE;
        }
    }

    private static boolean isArchive(Path file) {
        var name = lowerName(file);
        return name.endsWith(".xva") || name.endsWith(".xva.gz") || name.endsWith(".xva.zst");
    }

    private static boolean isDescription(Path file) {
        return ORCHESTRA_JSON.matcher(file.getFileName().toString()).matches() && isUuid(file.getParent());
    }

    static boolean isUuid(Path folder) {
        return folder.getFileName() != null && UUID.matcher(folder.getFileName().toString()).matches();
    }

    private static boolean isImage(Path file) {
        return lowerName(file).endsWith(".vhd");
    }

    private static boolean isBackup(Path file) {
        return isArchive(file) || isImage(file) || isDescription(file);
    }

    private void sort(Path file) {
        if (isAlias(file)) {
            leftOut.add(new LeftOut(file, "an alias of a VHD that is kept as a directory of blocks, which is not read; let Xen"
                    + " Orchestra restore it, or keep it until it expires"));
        } else if (isArchive(file)) {
            archives.add(file);
        } else if (isImage(file)) {
            images.add(file);
        } else if (isDescription(file)) {
            descriptions.add(file);
        } else if (lowerName(file).endsWith(".raw") && NauFolder.isOne(file.getParent())) {
            leftOut.add(new LeftOut(file, "a raw disk, of which nothing tells whose it is; back it up by 'backup image --vm"
                    + " --time'"));
        }
    }
}
