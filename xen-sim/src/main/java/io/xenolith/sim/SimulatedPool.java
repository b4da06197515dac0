package io.xenolith.sim;

import io.xenolith.sim.call.Dispatcher;
import io.xenolith.sim.fault.Faults;
import io.xenolith.sim.http.HttpServer;
import io.xenolith.sim.model.Row;
import io.xenolith.sim.nbd.NbdServer;
import io.xenolith.sim.pool.Account;
import io.xenolith.sim.pool.Inventory;
import io.xenolith.sim.pool.Pool;
import io.xenolith.sim.pool.Role;
import io.xenolith.sim.pool.Settings;
import io.xenolith.sim.pool.SrKind;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/// A pool of simulated hosts in this process. Hosts listen on loopback addresses, all at the same port: 127.0.0.1 is the
/// first coordinator, members follow at 127.0.0.2 and on. For any number of threads; [#close()] leaves none behind.
public final class SimulatedPool implements AutoCloseable {
    private static final int HEADER_LIMIT = 1006;
    private static final int ATTEMPTS_TO_BIND = 20;

    private final Pool pool;
    private final Account account;
    private final List<HttpServer> servers = new ArrayList<>();
    private final List<NbdServer> nbdServers = new ArrayList<>();

    private SimulatedPool(Pool pool, Account account) {
        this.pool = pool;
        this.account = account;
    }

    public static Builder builder() {
        return new Builder();
    }

    /// How a pool is to be; everything but the directory has a default.
    public static final class Builder {
        private XenVersion version = XenVersion.XCP_NG_8_2;
        private Path directory;
        private int hosts = 1;
        private final List<Account> accounts = new ArrayList<>(List.of(new Account("root", "secret", Role.POOL_ADMIN)));
        private final Set<String> restrictions = new HashSet<>();
        private long queueMillis = 2_000;
        private long unplugMillis = 100;
        private long plugMillis = 0;
        private boolean slowScans = false;

        private Builder() {}

        public Builder version(XenVersion version) {
            this.version = version;
            return this;
        }

        /// Where disks lie; made if missing, never cleaned.
        public Builder directory(Path directory) {
            this.directory = directory;
            return this;
        }

        public Builder hosts(int count) {
            hosts = count;
            return this;
        }

        public Builder account(String name, String password, Role role) {
            accounts.removeIf(account -> account.name().equals(name));
            accounts.add(new Account(name, password, role));
            return this;
        }

        /// Switches a feature off by its licence flag, such as `restrict_cbt`.
        public Builder restrict(String flag) {
            restrictions.add(flag);
            return this;
        }

        /// How long a call queues behind another operation on the same object; hosts take up to two hours.
        public Builder queueMillis(long millis) {
            queueMillis = millis;
            return this;
        }

        /// How long a disk stays attached to the control domain after a stream or an NBD connection ended.
        public Builder unplugMillis(long millis) {
            unplugMillis = millis;
            return this;
        }

        /// How long attaching a disk to the control domain takes.
        public Builder plugMillis(long millis) {
            plugMillis = millis;
            return this;
        }

        /// Lets `/export` put an empty chunk into each gap, as hosts do when looking through zeros takes them long.
        public Builder slowScans(boolean slow) {
            slowScans = slow;
            return this;
        }

        public SimulatedPool start() throws IOException {
            if (directory == null) {
                throw new IllegalArgumentException("a pool needs a directory for its disks");
            }
            var settings = new Settings(version, directory, List.copyOf(accounts), hosts, Set.copyOf(restrictions),
                    queueMillis, unplugMillis, plugMillis, slowScans);
            var simulated = new SimulatedPool(new Pool(settings), accounts.getFirst());
            try {
                simulated.start(hosts);
                return simulated;
            } catch (Throwable e) {
                simulated.close();
                throw e;
            }
        }
    }

    private void start(int hosts) throws IOException {
        var addresses = new ArrayList<String>();
        for (int i = 1; i <= hosts; i++) {
            addresses.add("127.0.0." + i);
        }
        pool.uninterrupted(() -> {
            Inventory.furnish(pool, addresses);
            return null;
        });
        for (var host : pool.hosts()) {
            nbdServers.add(NbdServer.start(pool, host));
        }
        var dispatcher = new Dispatcher(pool);
        for (int attempt = 1; servers.isEmpty(); attempt++) {
            listen(dispatcher, attempt);
        }
    }

    /// Binds all hosts to one port that is free on every address; a port that is not free everywhere is given up again.
    private void listen(Dispatcher dispatcher, int attempt) throws IOException {
        try {
            for (var host : pool.hosts()) {
                var address = new InetSocketAddress(host.address(), servers.isEmpty() ? 0 : servers.getFirst().port());
                servers.add(HttpServer.start(address, host.identity(), pool.version().limitsHeaders() ? HEADER_LIMIT : 0,
                        new HostRouter(pool, dispatcher, host, this::port), pool.threads()));
            }
        } catch (BindException e) {
            closeServers();
            if (attempt == ATTEMPTS_TO_BIND) {
                throw e;
            }
        }
    }

    private int port() {
        return servers.getFirst().port();
    }

    /// The address of the first host, which is the coordinator until [#changeMaster].
    public URI url() {
        return url(0);
    }

    /// The address of a host, counted from 0.
    public URI url(int host) {
        return URI.create("https://%s:%d".formatted(pool.hosts().get(host).address(), servers.getFirst().port()));
    }

    /// The superuser's name, unless the builder named another account first.
    public String user() {
        return account.name();
    }

    public String password() {
        return account.password();
    }

    public X509Certificate certificate() {
        return pool.master().identity().certificate();
    }

    /// SHA-256 over the coordinator's certificate, in hex.
    public String fingerprint() {
        return pool.master().identity().fingerprint();
    }

    public XenVersion version() {
        return pool.version();
    }

    /// What is to go wrong.
    public Faults faults() {
        return pool.faults();
    }

    /// Lets the management network carry NBD, encrypted or, for tests only, in clear.
    public void serveNbd(boolean encrypted) throws IOException {
        pool.uninterrupted(() -> {
            var network = Inventory.managementNetwork(pool);
            network.set("purpose", List.of(encrypted ? "nbd" : "insecure_nbd"));
            return null;
        });
    }

    /// Adds a storage repository and returns its uuid.
    public String addStorage(String name, SrKind kind, long capacity) throws IOException {
        return pool.uninterrupted(() -> pool.storage().addSr(name, kind, capacity, pool.hosts()).uuid());
    }

    /// The uuid of the storage repository that new disks go to.
    public String defaultStorage() throws IOException {
        return pool.uninterrupted(() -> pool.row().follow("default_SR").uuid());
    }

    /// Adds a halted VM with disks of these sizes on the pool's default storage, a CD drive and a network card.
    public SimulatedVm addVm(String name, long... diskBytes) throws IOException {
        var vm = pool.uninterrupted(() -> new SimulatedVm(pool, Inventory.guest(pool, name)));
        vm.addNetworkCard();
        for (var bytes : diskBytes) {
            vm.addDisk(bytes);
        }
        return vm;
    }

    /// @throws io.xenolith.sim.rpc.XapiFailure `UUID_INVALID` if there is no such VM
    public SimulatedVm vm(String uuid) throws IOException {
        return pool.uninterrupted(() -> new SimulatedVm(pool, pool.database().byUuid("VM", uuid)));
    }

    /// @throws io.xenolith.sim.rpc.XapiFailure `UUID_INVALID` if there is no such disk
    public SimulatedDisk disk(String uuid) throws IOException {
        return pool.uninterrupted(() -> new SimulatedDisk(pool, pool.database().byUuid("VDI", uuid)));
    }

    /// What lies on the storage's disks is all there may be from now on.
    public void fillStorage(String srUuid) throws IOException {
        pool.uninterrupted(() -> {
            var sr = pool.database().byUuid("SR", srUuid);
            pool.storage().refresh(sr);
            pool.storage().setCapacity(sr, sr.number("physical_utilisation"));
            return null;
        });
    }

    /// Ends all sessions, as the coordinator's toolstack does when it restarts.
    public void loseSessions() throws IOException {
        pool.uninterrupted(() -> {
            pool.sessions().loseAll();
            return null;
        });
    }

    /// Makes another host the coordinator; sessions and tasks are lost.
    public void changeMaster(int host) throws IOException {
        pool.uninterrupted(() -> {
            pool.changeMaster(pool.hosts().get(host));
            return null;
        });
    }

    /// Sets or clears the mark of a rolling upgrade, during which much is refused.
    public void setUpgrading(boolean upgrading) throws IOException {
        pool.uninterrupted(() -> {
            if (upgrading) {
                pool.row().put("other_config", "rolling_upgrade_in_progress", "true");
            } else {
                pool.row().remove("other_config", "rolling_upgrade_in_progress");
            }
            return null;
        });
    }

    /// What clients left behind, as uuids; a well-behaved backup leaves nothing that it does not want to keep.
    ///
    /// @param controlDomainVbds disks attached to a control domain
    /// @param orphanVdis        managed disks that belong to no VM, change logs of destroyed snapshots among them
    public record Leftovers(List<String> snapshots, List<String> snapshotVdis, List<String> orphanVdis,
            List<String> controlDomainVbds, List<String> tasks, List<String> sessions) {

        public boolean isEmpty() {
            return snapshots.isEmpty() && snapshotVdis.isEmpty() && orphanVdis.isEmpty() && controlDomainVbds.isEmpty()
                    && tasks.isEmpty() && sessions.isEmpty();
        }
    }

    public Leftovers leftovers() throws IOException {
        return pool.uninterrupted(() -> new Leftovers(uuids("VM", vm -> vm.flag("is_a_snapshot")),
                uuids("VDI", vdi -> vdi.flag("is_a_snapshot")), uuids("VDI", this::isOrphan),
                uuids("VBD", vbd -> vbd.follow("VM") != null && vbd.follow("VM").flag("is_control_domain")),
                uuids("task", task -> !pool.tasks().isHidden(task)), uuids("session", _ -> true)));
    }

    private boolean isOrphan(Row vdi) {
        return vdi.flag("managed") && vdi.texts("VBDs").isEmpty() && !vdi.follow("SR").text("content_type").equals("iso");
    }

    private List<String> uuids(String cls, Predicate<Row> wanted) {
        return pool.database().all(cls).stream().filter(wanted).map(Row::uuid).toList();
    }

    private void closeServers() throws IOException {
        for (var server : servers) {
            server.close();
        }
        servers.clear();
    }

    /// Ends every connection and all work, and waits until no thread is left. Disks stay in the directory.
    @Override
    public void close() throws IOException {
        closeServers();
        for (var server : nbdServers) {
            server.close();
        }
        pool.close();
    }
}
