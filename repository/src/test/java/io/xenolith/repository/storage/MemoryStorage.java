package io.xenolith.repository.storage;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;

/// Objects in memory: all that the port promises, save that "durable" lasts as long as the JVM.
public final class MemoryStorage implements Storage {

    private final NavigableMap<String, byte[]> objects;
    private final NavigableMap<String, byte[]> leftovers;
    private final Map<String, Writer> beingWritten = new ConcurrentHashMap<>();
    private final AtomicLong nextUnfinished;
    private volatile boolean closed;

    public MemoryStorage() {
        this(new ConcurrentSkipListMap<>(), new ConcurrentSkipListMap<>(), new AtomicLong());
    }

    private MemoryStorage(
            NavigableMap<String, byte[]> objects, NavigableMap<String, byte[]> leftovers, AtomicLong nextUnfinished) {
        this.objects = objects;
        this.leftovers = leftovers;
        this.nextUnfinished = nextUnfinished;
    }

    /// The same objects as the next process finds them: what is being written through this storage is unfinished there.
    public MemoryStorage reopen() {
        var next = new MemoryStorage(objects, leftovers, nextUnfinished);
        beingWritten.forEach((handle, writer) -> leftovers.put(handle, writer.bytes.toByteArray()));
        return next;
    }

    /// Replaces what an object holds, as a failing disk would.
    public void damage(String name, byte[] content) {
        if (objects.replace(name, content.clone()) == null) {
            throw new IllegalArgumentException("there is no " + name);
        }
    }

    @Override
    public ObjectWriter create(String name) {
        var writer = new Writer(ObjectNames.require(name), "%08d".formatted(nextUnfinished.getAndIncrement()));
        beingWritten.put(writer.handle, writer);
        return writer;
    }

    @Override
    public void read(String name, long offset, ByteBuffer target) throws IOException {
        if (offset < 0) {
            throw new IllegalArgumentException("read of %s at offset %d".formatted(name, offset));
        }
        requireReadable();
        var content = content(name);
        if (offset + target.remaining() > content.length && target.hasRemaining()) {
            throw new EOFException("%s ends at byte %d".formatted(name, content.length));
        }
        if (target.hasRemaining()) {
            target.put(content, (int) offset, target.remaining());
        }
    }

    private void requireReadable() throws ClosedByInterruptException {
        if (closed) {
            throw new IllegalStateException("the storage is closed");
        }
        if (Thread.currentThread().isInterrupted()) {
            throw new ClosedByInterruptException();
        }
    }

    private byte[] content(String name) throws ObjectMissingException {
        var content = objects.get(ObjectNames.require(name));
        if (content == null) {
            throw new ObjectMissingException(name, describe());
        }
        return content;
    }

    @Override
    public byte[] readAll(String name, int limit) throws IOException {
        var content = content(name);
        if (content.length > limit) {
            throw new ObjectTooLargeException(name, describe(), content.length, limit);
        }
        return content.clone();
    }

    @Override
    public long size(String name) throws IOException {
        return content(name).length;
    }

    @Override
    public boolean exists(String name) {
        return objects.containsKey(ObjectNames.require(name));
    }

    @Override
    public List<StoredObject> list(String folder) {
        return describe(objects.tailMap(ObjectNames.requireFolder(folder))).stream()
                .filter(object -> object.name().startsWith(folder))
                .toList();
    }

    private static List<StoredObject> describe(Map<String, byte[]> contents) {
        return contents.entrySet().stream()
                .map(entry -> new StoredObject(entry.getKey(), entry.getValue().length))
                .toList();
    }

    @Override
    public boolean delete(String name) {
        return objects.remove(ObjectNames.require(name)) != null;
    }

    @Override
    public List<StoredObject> unfinished() {
        return describe(leftovers);
    }

    @Override
    public boolean removeUnfinished(StoredObject leftover) {
        if (!ObjectNames.isSegment(leftover.name())) {
            throw new IllegalArgumentException("not an unfinished object: '%s'".formatted(leftover.name()));
        }
        return leftovers.remove(leftover.name()) != null;
    }

    @Override
    public String describe() {
        return "memory";
    }

    @Override
    public void close() {
        closed = true;
    }

    private final class Writer implements ObjectWriter {
        private final String name;
        private final String handle;
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        private Writer(String name, String handle) {
            this.name = name;
            this.handle = handle;
        }

        @Override
        public synchronized void write(ByteBuffer source) {
            requireWriting();
            var copy = new byte[source.remaining()];
            source.get(copy);
            bytes.writeBytes(copy);
        }

        @Override
        public long position() {
            return bytes.size();
        }

        @Override
        public synchronized void commit() throws IOException {
            requireWriting();
            beingWritten.remove(handle);
            if (objects.putIfAbsent(name, bytes.toByteArray()) != null) {
                throw new ObjectExistsException(name, describe());
            }
        }

        private void requireWriting() {
            if (!beingWritten.containsKey(handle)) {
                throw new IllegalStateException("the writer of %s is done".formatted(name));
            }
        }

        @Override
        public synchronized void close() {
            beingWritten.remove(handle);
        }
    }
}
