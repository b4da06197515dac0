package io.xenolith.repository.storage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/// A storage that fails on order. It counts what changes the storage beneath: a create, a write, a commit, a delete and the
/// removal of a leftover are one mutation each, counted from 1, in whichever order threads get here.
///
/// After a crash, look at what is left through the storage beneath, reopened: writers that had not committed are abandoned as
/// they were, neither closed nor discarded.
public final class FaultyStorage implements Storage {

    private enum Fault {
        /// The mutation fails and was not done.
        ERROR,
        /// The process dies before the mutation.
        CRASH_BEFORE,
        /// The process dies when the mutation is done, before anybody hears of it.
        CRASH_AFTER
    }

    private record Order(Fault fault, int mutation) {}

    private final Storage beneath;

    // guarded by this
    private final List<Order> orders = new ArrayList<>();
    private int mutations;
    private int writes;
    private int commits;
    private int deletes;
    private boolean crashed;

    public FaultyStorage(Storage beneath) {
        this.beneath = beneath;
    }

    /// Lets the `mutation`-th mutation fail with an [IOException], once.
    public FaultyStorage failAt(int mutation) {
        return order(Fault.ERROR, mutation);
    }

    /// Lets the process die before its `mutation`-th mutation.
    public FaultyStorage crashBefore(int mutation) {
        return order(Fault.CRASH_BEFORE, mutation);
    }

    /// Lets the process die right after its `mutation`-th mutation, which is done.
    public FaultyStorage crashAfter(int mutation) {
        return order(Fault.CRASH_AFTER, mutation);
    }

    private synchronized FaultyStorage order(Fault fault, int mutation) {
        if (mutation < 1) {
            throw new IllegalArgumentException("mutations count from 1, not from " + mutation);
        }
        orders.add(new Order(fault, mutation));
        return this;
    }

    public synchronized int mutations() {
        return mutations;
    }

    public synchronized int writes() {
        return writes;
    }

    public synchronized int commits() {
        return commits;
    }

    public synchronized int deletes() {
        return deletes;
    }

    public synchronized boolean crashed() {
        return crashed;
    }

    @FunctionalInterface
    private interface Mutation<T> {
        T run() throws IOException;
    }

    private synchronized <T> T mutate(String operation, Mutation<T> mutation) throws IOException {
        requireAlive(operation);
        mutations++;
        if (orders.contains(new Order(Fault.ERROR, mutations))) {
            throw new IOException("ordered failure of mutation %d, '%s'".formatted(mutations, operation));
        }
        if (orders.contains(new Order(Fault.CRASH_BEFORE, mutations))) {
            crashed = true;
            throw new CrashException(operation);
        }
        var result = mutation.run();
        if (orders.contains(new Order(Fault.CRASH_AFTER, mutations))) {
            crashed = true;
            throw new CrashException("hearing of " + operation);
        }
        return result;
    }

    private synchronized void requireAlive(String operation) throws CrashException {
        if (crashed) {
            throw new CrashException(operation);
        }
    }

    @Override
    public ObjectWriter create(String name) throws IOException {
        return mutate("create " + name, () -> new Writer(name, beneath.create(name)));
    }

    @Override
    public void read(String name, long offset, ByteBuffer target) throws IOException {
        requireAlive("read " + name);
        beneath.read(name, offset, target);
    }

    @Override
    public byte[] readAll(String name, int limit) throws IOException {
        requireAlive("read " + name);
        return beneath.readAll(name, limit);
    }

    @Override
    public long size(String name) throws IOException {
        requireAlive("size of " + name);
        return beneath.size(name);
    }

    @Override
    public boolean exists(String name) throws IOException {
        requireAlive("look for " + name);
        return beneath.exists(name);
    }

    @Override
    public List<StoredObject> list(String folder) throws IOException {
        requireAlive("list " + folder);
        return beneath.list(folder);
    }

    @Override
    public boolean delete(String name) throws IOException {
        return mutate("delete " + name, () -> {
            boolean deleted = beneath.delete(name);
            deletes++;
            return deleted;
        });
    }

    @Override
    public List<StoredObject> unfinished() throws IOException {
        requireAlive("list unfinished");
        return beneath.unfinished();
    }

    @Override
    public boolean removeUnfinished(StoredObject leftover) throws IOException {
        return mutate("remove unfinished " + leftover.name(), () -> beneath.removeUnfinished(leftover));
    }

    @Override
    public String describe() {
        return beneath.describe();
    }

    /// Leaves the storage beneath open if this one crashed, for the test to look at.
    @Override
    public void close() throws IOException {
        if (!crashed()) {
            beneath.close();
        }
    }

    private final class Writer implements ObjectWriter {
        private final String name;
        private final ObjectWriter writer;

        private Writer(String name, ObjectWriter writer) {
            this.name = name;
            this.writer = writer;
        }

        @Override
        public void write(ByteBuffer bytes) throws IOException {
            mutate("write to " + name, () -> {
                writer.write(bytes);
                return ++writes;
            });
        }

        @Override
        public long position() {
            return writer.position();
        }

        @Override
        public void commit() throws IOException {
            mutate("commit " + name, () -> {
                writer.commit();
                return ++commits;
            });
        }

        @Override
        public void close() throws IOException {
            if (!crashed()) {
                writer.close();
            }
        }
    }
}
