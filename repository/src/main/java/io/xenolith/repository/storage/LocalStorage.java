package io.xenolith.repository.storage;

import static java.nio.file.FileVisitOption.FOLLOW_LINKS;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/// Objects as files of a local directory, which may well be a mounted network share. The package's page tells how it is
/// laid out. The directory is made by the first object that is created in it.
public final class LocalStorage implements Storage {

    private static final int IDLE_CHANNELS = 64;

    private final Path root;
    private final Path unfinished;
    private final Folders folders;
    private final Publication publication;
    private final OpenChannels channels = new OpenChannels(IDLE_CHANNELS);
    private final Set<Path> beingWritten = ConcurrentHashMap.newKeySet();

    public LocalStorage(Path root) {
        this(root, Publication.LINK);
    }

    LocalStorage(Path root, Publication publication) {
        this.root = root.toAbsolutePath().normalize();
        this.unfinished = this.root.resolve(ObjectNames.UNFINISHED);
        this.folders = new Folders(this.root);
        this.publication = publication;
    }

    Path root() {
        return root;
    }

    private Path path(String name) {
        return root.resolve(ObjectNames.require(name));
    }

    @Override
    public ObjectWriter create(String name) throws IOException {
        ObjectNames.require(name);
        var file = unfinished.resolve(UUID.randomUUID().toString().replace("-", ""));
        beingWritten.add(file);
        try {
            folders.make(unfinished);
            var channel = FileChannel.open(file, Set.of(CREATE_NEW, WRITE), OwnerOnly.file(file));
            return new LocalObjectWriter(this, name, file, channel);
        } catch (IOException e) {
            finished(file);
            throw LocalFailures.writing(e, "creating " + name, root);
        }
    }

    /// Gives a finished file its name, durably.
    void publish(Path finished, String name) throws IOException {
        var target = path(name);
        folders.make(target.getParent());
        publication.publish(finished, target);
        Folders.sync(target.getParent());
    }

    /// Tells that a file under `tmp/` is not being written any more.
    void finished(Path file) {
        beingWritten.remove(file);
    }

    @Override
    public void read(String name, long offset, ByteBuffer target) throws IOException {
        if (offset < 0) {
            throw new IllegalArgumentException("read of %s at offset %d".formatted(name, offset));
        }
        var path = path(name);
        int start = target.position();
        try {
            requireNotInterrupted();
            if (!readShared(path, name, offset, target)) {
                target.position(start);
                readAlone(path, name, offset, target);
            }
        } catch (NoSuchFileException e) {
            throw new ObjectMissingException(name, describe());
        } catch (IOException e) {
            throw LocalFailures.reading(e, "reading " + name, root);
        }
    }

    /// An interrupted thread would close the channel that others are reading from.
    private static void requireNotInterrupted() throws ClosedByInterruptException {
        if (Thread.currentThread().isInterrupted()) {
            throw new ClosedByInterruptException();
        }
    }

    /// Returns false if an interrupt of another thread closed the channel.
    private boolean readShared(Path path, String name, long offset, ByteBuffer target) throws IOException {
        try (var shared = channels.borrow(path)) {
            fill(target, shared.channel, offset, name);
            return true;
        } catch (ClosedChannelException e) {
            channels.forget(path);
            requireNotInterrupted();
            return false;
        }
    }

    private void readAlone(Path path, String name, long offset, ByteBuffer target) throws IOException {
        try (var channel = FileChannel.open(path, READ)) {
            fill(target, channel, offset, name);
        }
    }

    private void fill(ByteBuffer target, FileChannel channel, long offset, String name) throws IOException {
        long end = offset + target.remaining();
        while (target.hasRemaining()) {
            if (channel.read(target, end - target.remaining()) < 0) {
                throw new EOFException("%s in %s ends at byte %d, before byte %d; 'xenolith verify' tells what that touches"
                        .formatted(name, root, channel.size(), end));
            }
        }
    }

    @Override
    public byte[] readAll(String name, int limit) throws IOException {
        try (var channel = FileChannel.open(path(name), READ)) { // not shared: small and seldom read twice
            long size = channel.size();
            if (size > limit) {
                throw new ObjectTooLargeException(name, describe(), size, limit);
            }
            var content = ByteBuffer.allocate((int) size);
            fill(content, channel, 0, name);
            return content.array();
        } catch (NoSuchFileException e) {
            throw new ObjectMissingException(name, describe());
        } catch (IOException e) {
            throw LocalFailures.reading(e, "reading " + name, root);
        }
    }

    @Override
    public long size(String name) throws IOException {
        long size = sizeOrMinusOne(name);
        if (size < 0) {
            throw new ObjectMissingException(name, describe());
        }
        return size;
    }

    @Override
    public boolean exists(String name) throws IOException {
        return sizeOrMinusOne(name) >= 0;
    }

    private long sizeOrMinusOne(String name) throws IOException {
        try {
            var attributes = Files.readAttributes(path(name), BasicFileAttributes.class);
            return attributes.isRegularFile() ? attributes.size() : -1;
        } catch (NoSuchFileException e) {
            return -1;
        } catch (IOException e) {
            throw LocalFailures.reading(e, "looking at " + name, root);
        }
    }

    @Override
    public List<StoredObject> list(String folder) throws IOException {
        var start = root.resolve(ObjectNames.requireFolder(folder));
        var listing = new Listing(root, start);
        try {
            Files.walkFileTree(start, Set.of(FOLLOW_LINKS), Integer.MAX_VALUE, listing);
        } catch (IOException e) {
            throw LocalFailures.reading(e, "listing " + folder, root);
        }
        return listing.sorted();
    }

    @Override
    public boolean delete(String name) throws IOException {
        if (!exists(name)) {
            return false;
        }
        var path = path(name);
        try {
            boolean deleted = Files.deleteIfExists(path);
            Folders.sync(path.getParent());
            return deleted;
        } catch (IOException e) {
            throw LocalFailures.writing(e, "deleting " + name, root);
        } finally {
            channels.forget(path);
        }
    }

    @Override
    public List<StoredObject> unfinished() throws IOException {
        var found = new ArrayList<StoredObject>();
        try (var files = Files.newDirectoryStream(unfinished, this::isLeftover)) {
            for (var file : files) {
                addIfThere(file, found);
            }
        } catch (NoSuchFileException e) {
            return List.of(); // nothing was ever written here
        } catch (DirectoryIteratorException e) {
            throw LocalFailures.reading(e.getCause(), "listing unfinished objects", root);
        } catch (IOException e) {
            throw LocalFailures.reading(e, "listing unfinished objects", root);
        }
        found.sort(Comparator.comparing(StoredObject::name));
        return found;
    }

    private boolean isLeftover(Path file) {
        return ObjectNames.isSegment(file.getFileName().toString()) && !beingWritten.contains(file);
    }

    private static void addIfThere(Path file, List<StoredObject> found) throws IOException {
        try {
            found.add(new StoredObject(file.getFileName().toString(), Files.size(file)));
        } catch (NoSuchFileException e) {
            // its writer finished meanwhile
        }
    }

    @Override
    public boolean removeUnfinished(StoredObject leftover) throws IOException {
        if (!ObjectNames.isSegment(leftover.name())) {
            throw new IllegalArgumentException("not an unfinished object: '%s'".formatted(leftover.name()));
        }
        try {
            return Files.deleteIfExists(unfinished.resolve(leftover.name()));
        } catch (IOException e) {
            throw LocalFailures.writing(e, "removing unfinished " + leftover.name(), root);
        }
    }

    @Override
    public String describe() {
        return root.toString();
    }

    @Override
    public void close() throws IOException {
        channels.close();
    }
}
