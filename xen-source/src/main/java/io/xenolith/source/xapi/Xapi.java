package io.xenolith.source.xapi;

import io.xenolith.source.xapi.http.HostAddress;
import io.xenolith.source.xapi.http.KnownHosts;
import io.xenolith.source.xapi.http.Timeouts;
import io.xenolith.source.xapi.http.Trust;
import io.xenolith.source.xapi.records.Host;
import io.xenolith.source.xapi.task.TaskListener;
import io.xenolith.source.xapi.task.Tasks;
import java.io.IOException;

/// A session with a pool, and all that can be asked of it. Safe for use by several threads. Every call can throw
///
/// - a [io.xenolith.source.xapi.error.XapiException] if the pool refuses, by what to do about it;
/// - another [IOException] if the pool cannot be reached, is not the right one, or answers with nonsense;
/// - an [InterruptedException]; what the call had started is cancelled then.
public final class Xapi implements AutoCloseable {
    private final Session session;
    private final Tasks tasks;
    private final Streams streams;

    private Xapi(Session session, KnownHosts hosts, Timeouts timeouts, TaskListener listener) {
        this.session = session;
        this.tasks = new Tasks(session, timeouts, listener);
        this.streams = new Streams(session, hosts, timeouts, tasks);
    }

    /// As [#login(HostAddress, Trust, Credentials, Timeouts, TaskListener)], with the usual timeouts and nobody who
    /// listens.
    public static Xapi login(HostAddress host, Trust trust, Credentials credentials)
            throws IOException, InterruptedException {
        return login(host, trust, credentials, Timeouts.USUAL, TaskListener.NONE);
    }

    /// Logs in.
    ///
    /// @param host of the pool; any member leads to the coordinator
    /// @param credentials belong to the session from now on, which wipes them when it closes or if this fails
    /// @param listener hears how far tasks are, from the threads that wait for them
    /// @throws io.xenolith.source.xapi.error.RefusedException if user name or password are wrong
    /// @throws io.xenolith.source.xapi.http.UntrustedCertificateException if the host shows a certificate that is not
    ///     trusted; nothing was sent to it
    public static Xapi login(HostAddress host, Trust trust, Credentials credentials, Timeouts timeouts,
            TaskListener listener) throws IOException, InterruptedException {
        var hosts = new KnownHosts(trust);
        return new Xapi(Session.open(host, hosts, timeouts, credentials), hosts, timeouts, listener);
    }

    public Pools pools() {
        return new Pools(session, tasks);
    }

    public Hosts hosts() {
        return new Hosts(session, tasks);
    }

    public Vms vms() {
        return new Vms(session, tasks);
    }

    public Vbds vbds() {
        return new Vbds(session, tasks);
    }

    public Vdis vdis() {
        return new Vdis(session, tasks);
    }

    public Vifs vifs() {
        return new Vifs(session, tasks);
    }

    public Vtpms vtpms() {
        return new Vtpms(session, tasks);
    }

    public Networks networks() {
        return new Networks(session, tasks);
    }

    public Srs srs() {
        return new Srs(session, tasks);
    }

    public Exports exports() {
        return new Exports(streams);
    }

    public Imports imports() {
        return new Imports(streams);
    }

    /// The host that leads the pool, with its version and product.
    public Host coordinator() throws IOException, InterruptedException {
        return hosts().get(pools().only().master());
    }

    /// For what has no method here.
    public Tasks tasks() {
        return tasks;
    }

    /// What the account may do.
    public Permissions permissions() throws IOException, InterruptedException {
        var id = session.current().id();
        if (session.ask("session.get_is_local_superuser", id).flag()) {
            return Permissions.ALL;
        }
        return Permissions.of(session.ask("session.get_rbac_permissions", id).texts());
    }

    /// Logs out; what is under way ends with an error. Never throws: a host that does not answer forgets the session.
    @Override
    public void close() {
        session.close();
    }
}
