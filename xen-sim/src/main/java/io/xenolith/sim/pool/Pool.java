package io.xenolith.sim.pool;

import io.xenolith.sim.XenVersion;
import io.xenolith.sim.fault.Faults;
import io.xenolith.sim.model.Database;
import io.xenolith.sim.model.Row;
import io.xenolith.sim.model.Schema;
import io.xenolith.sim.rpc.XapiFailure;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;

/// All that the calls, streams and connections of one pool share.
public final class Pool implements AutoCloseable {
    private final Settings settings;
    private final Database database;
    private final Sessions sessions;
    private final Tasks tasks;
    private final Storage storage;
    private final Operations operations;
    private final Attachments attachments = new Attachments(this);
    private final Power power = new Power(this);
    private final Faults faults = new Faults();
    private final List<Host> hosts = new CopyOnWriteArrayList<>();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Map<Host, Integer> nbdPorts = new ConcurrentHashMap<>();
    private volatile Host master;

    public Pool(Settings settings) {
        this.settings = settings;
        database = new Database(Schema.of(settings.version().api()));
        sessions = new Sessions(database, settings.accounts());
        tasks = new Tasks(database);
        storage = new Storage(database, settings.directory());
        operations = new Operations(database, settings.queueMillis());
    }

    /// Something done under the database's lock.
    public interface Step<T> {
        T run() throws IOException, InterruptedException;
    }

    public <T> T locked(Step<T> step) throws IOException, InterruptedException {
        database.lock().lockInterruptibly();
        try {
            return step.run();
        } finally {
            database.lock().unlock();
        }
    }

    /// Does long work with the lock given up that the caller holds.
    public void unlocked(Step<Void> step) throws IOException, InterruptedException {
        database.lock().unlock();
        try {
            step.run();
        } finally {
            database.lock().lock();
        }
    }

    /// As [#locked], for callers that do not expect to be interrupted.
    ///
    /// @throws InterruptedIOException if they are
    public <T> T uninterrupted(Step<T> step) throws IOException {
        try {
            return locked(step);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while waiting for the pool");
        }
    }

    /// Runs `work` on a thread that ends with the pool.
    public void submit(Callable<Void> work) {
        try {
            threads.submit(work);
        } catch (RejectedExecutionException _) {
            // the pool is being closed; nobody is left to see the work done
        }
    }

    public ExecutorService threads() {
        return threads;
    }

    public void addHost(Host host) {
        hosts.add(host);
        master = master == null ? host : master;
    }

    /// Makes `host` the coordinator: all sessions and tasks are lost.
    public void changeMaster(Host host) {
        master = host;
        row().set("master", host.row().ref());
        sessions.loseAll();
        tasks.loseAll();
    }

    /// Notes at which port a host serves NBD.
    public void setNbdPort(Host host, int port) {
        nbdPorts.put(host, port);
    }

    public int nbdPort(Host host) {
        return nbdPorts.getOrDefault(host, 0);
    }

    public Host master() {
        return master;
    }

    public boolean isMaster(Host host) {
        return master == host;
    }

    public List<Host> hosts() {
        return List.copyOf(hosts);
    }

    /// The pool's own row.
    public Row row() {
        return database.all("pool").iterator().next();
    }

    /// @throws XapiFailure `NOT_SUPPORTED_DURING_UPGRADE` while a rolling upgrade is under way
    public void requireNoUpgrade() {
        if (row().map("other_config").containsKey("rolling_upgrade_in_progress")) {
            throw new XapiFailure("NOT_SUPPORTED_DURING_UPGRADE");
        }
    }

    /// @throws XapiFailure `LICENCE_RESTRICTION` if the licence flag is on
    public void requireLicence(String flag, String feature) {
        if (settings.restrictions().contains(flag)) {
            throw new XapiFailure("LICENCE_RESTRICTION", feature);
        }
    }

    /// Tells the administrator of something; `priority` 3 is a problem.
    public void message(String name, int priority, String cls, String uuid, String body) {
        database.create("message", Map.of("name", name, "priority", (long) priority, "cls", cls, "obj_uuid", uuid,
                "timestamp", Instant.now(), "body", body));
    }

    public boolean isRestricted(String flag) {
        return settings.restrictions().contains(flag);
    }

    public Settings settings() {
        return settings;
    }

    public XenVersion version() {
        return settings.version();
    }

    public Database database() {
        return database;
    }

    public Sessions sessions() {
        return sessions;
    }

    public Tasks tasks() {
        return tasks;
    }

    public Storage storage() {
        return storage;
    }

    public Operations operations() {
        return operations;
    }

    public Power power() {
        return power;
    }

    public Attachments attachments() {
        return attachments;
    }

    public Faults faults() {
        return faults;
    }

    /// Interrupts all work and waits for its threads to end.
    @Override
    public void close() throws IOException {
        threads.shutdownNow();
        threads.close();
        storage.close();
    }
}
