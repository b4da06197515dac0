package io.xenolith.repository.storage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Writes one object of a [LocalStorage].
final class LocalObjectWriter implements ObjectWriter {

    private enum State {
        WRITING,
        FAILED,
        COMMITTED,
        CLOSED
    }

    private final LocalStorage storage;
    private final String name;
    private final Path unfinished;
    private final FileChannel channel;
    private long position;
    private State state = State.WRITING;

    LocalObjectWriter(LocalStorage storage, String name, Path unfinished, FileChannel channel) {
        this.storage = storage;
        this.name = name;
        this.unfinished = unfinished;
        this.channel = channel;
    }

    @Override
    public void write(ByteBuffer bytes) throws IOException {
        requireWriting();
        state = State.FAILED; // until this went well
        try {
            while (bytes.hasRemaining()) {
                position += channel.write(bytes);
            }
        } catch (IOException e) {
            throw LocalFailures.writing(e, "writing " + name, storage.root());
        }
        state = State.WRITING;
    }

    @Override
    public long position() {
        return position;
    }

    @Override
    public void commit() throws IOException {
        requireWriting();
        state = State.FAILED;
        try {
            channel.force(true);
            channel.close(); // a network file system may tell only now that there is no room
            storage.publish(unfinished, name);
        } catch (FileAlreadyExistsException e) {
            throw new ObjectExistsException(name, storage.describe());
        } catch (IOException e) {
            throw LocalFailures.writing(e, "committing " + name, storage.root());
        }
        state = State.COMMITTED;
        storage.finished(unfinished);
    }

    private void requireWriting() {
        if (state != State.WRITING) {
            throw new IllegalStateException("the writer of %s is %s".formatted(name, state));
        }
    }

    @Override
    public void close() throws IOException {
        if (state == State.COMMITTED || state == State.CLOSED) {
            return;
        }
        state = State.CLOSED;
        try {
            channel.close();
            Files.deleteIfExists(unfinished);
        } catch (IOException e) {
            // nobody reads it and pruning removes it, so it is not worth hiding why the writer was given up
        } finally {
            storage.finished(unfinished);
        }
    }
}
