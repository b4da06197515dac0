package io.xenolith.source.xapi;

import io.xenolith.source.xapi.error.BusyException;
import io.xenolith.source.xapi.error.NotMasterException;
import io.xenolith.source.xapi.error.SessionLostException;
import io.xenolith.source.xapi.error.XapiException;
import io.xenolith.source.xapi.http.Fingerprint;
import io.xenolith.source.xapi.http.HostAddress;
import io.xenolith.source.xapi.http.HttpStatusException;
import io.xenolith.source.xapi.http.KnownHosts;
import io.xenolith.source.xapi.http.RequestTooLargeException;
import io.xenolith.source.xapi.http.Timeouts;
import io.xenolith.source.xapi.http.UntrustedCertificateException;
import io.xenolith.source.xapi.records.Host;
import io.xenolith.source.xapi.records.Ref;
import io.xenolith.source.xapi.rpc.Calls;
import io.xenolith.source.xapi.rpc.MalformedAnswerException;
import io.xenolith.source.xapi.rpc.RpcChannel;
import io.xenolith.source.xapi.rpc.Value;
import java.io.IOException;
import java.net.http.HttpTimeoutException;
import java.security.cert.CertificateException;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;

/// A session with a pool that outlives its ends: who loses it first logs in again, the others go on with the new one.
/// Safe for use by several threads.
final class Session implements Calls, AutoCloseable {
    private static final String ORIGINATOR = "xenolith"; // a host counts sessions by it, and evicts beyond 500
    private static final String CLIENT_VERSION = "1.0"; // hosts ignore it
    private static final int MAX_HOPS = 3;

    private final RpcChannel channel;
    private final KnownHosts hosts;
    private final Timeouts timeouts;
    private final Credentials credentials;
    // Held while one thread logs in, network and all: the others could do nothing but the same.
    private final ReentrantLock renewing = new ReentrantLock();
    private volatile Login current;
    private volatile boolean closed;
    private volatile Map<String, Ref<Host>> members = Map.of(); // by address

    /// @param master where the session is valid for calls
    record Login(HostAddress master, SessionId id) {
    }

    private Session(RpcChannel channel, KnownHosts hosts, Timeouts timeouts, Credentials credentials) {
        this.channel = channel;
        this.hosts = hosts;
        this.timeouts = timeouts;
        this.credentials = credentials;
    }

    /// Logs in at `host`, or at the coordinator that it names.
    static Session open(HostAddress host, KnownHosts hosts, Timeouts timeouts, Credentials credentials)
            throws IOException, InterruptedException {
        var session = new Session(new RpcChannel(hosts, timeouts.connect()), hosts, timeouts, credentials);
        try {
            session.current = session.login(host);
            session.readMembers();
            return session;
        } catch (IOException | InterruptedException | RuntimeException e) {
            session.close();
            throw e;
        }
    }

    @Override
    public Value ask(String method, Object... arguments) throws IOException, InterruptedException {
        var login = current;
        try {
            return callAgainIfBroken(login, method, arguments);
        } catch (IOException e) {
            if (!connectionBroke(e) && !(e instanceof SessionLostException) && !(e instanceof NotMasterException)) {
                throw e;
            }
            renew(login, e);
            return call(current, method, arguments);
        }
    }

    /// An idle connection breaks without anything being wrong.
    private Value callAgainIfBroken(Login login, String method, Object... arguments)
            throws IOException, InterruptedException {
        try {
            return call(login, method, arguments);
        } catch (IOException e) {
            if (!connectionBroke(e)) {
                throw e;
            }
            return call(login, method, arguments);
        }
    }

    @Override
    public Value tell(String method, Object... arguments) throws IOException, InterruptedException {
        var login = current;
        try {
            return call(login, method, arguments);
        } catch (SessionLostException | NotMasterException e) {
            renew(login, e); // for the calls to come; this one is its caller's to repeat
            throw e;
        }
    }

    private Value call(Login login, String method, Object... arguments) throws IOException, InterruptedException {
        if (closed) {
            throw new IOException(method + ": the session with the pool is closed");
        }
        return callOpen(login, method, arguments);
    }

    private Value callOpen(Login login, String method, Object... arguments) throws IOException, InterruptedException {
        var all = new Object[arguments.length + 1];
        all[0] = login.id;
        System.arraycopy(arguments, 0, all, 1, arguments.length);
        return channel.call(login.master, timeouts.call(), method, all);
    }

    /// A refusal stays one, and a host that is too slow will not be faster.
    private static boolean connectionBroke(IOException e) {
        return switch (e) {
            case XapiException _, MalformedAnswerException _, RequestTooLargeException _,
                    UntrustedCertificateException _, HttpStatusException _, HttpTimeoutException _ -> false;
            default -> true;
        };
    }

    Login current() {
        return current;
    }

    /// Sees to it that [#current()] is another login than `lost`.
    ///
    /// @throws IOException why `lost` was lost, if no host lets us in again
    void renew(Login lost, IOException reason) throws IOException, InterruptedException {
        renewing.lockInterruptibly();
        try {
            if (closed) {
                throw reason; // whatever broke, broke because of that
            }
            if (current == lost) {
                current = loginAnywhere(lost, reason);
                if (connectionBroke(reason) && current.master.equals(lost.master)) {
                    logout(lost); // still open perhaps, and nobody's any more
                }
                readMembers();
            }
        } finally {
            renewing.unlock();
        }
    }

    private Login loginAnywhere(Login lost, IOException reason) throws IOException, InterruptedException {
        for (var candidate : candidates(lost, reason)) {
            try {
                return login(candidate);
            } catch (BusyException e) {
                reason.addSuppressed(e); // still booting
            } catch (XapiException e) {
                throw e; // a password that was changed is not tried elsewhere
            } catch (IOException e) {
                reason.addSuppressed(e);
            }
        }
        throw reason;
    }

    private Set<HostAddress> candidates(Login lost, IOException reason) {
        var candidates = new LinkedHashSet<HostAddress>();
        if (reason instanceof NotMasterException moved) {
            candidates.add(address(moved.master(), lost.master.port()));
        }
        candidates.add(lost.master);
        for (var member : members.keySet()) {
            candidates.add(address(member, lost.master.port()));
        }
        return candidates;
    }

    private Login login(HostAddress host) throws IOException, InterruptedException {
        var at = host;
        for (int hop = 0; true; hop++) {
            try {
                var id = channel.call(at, timeouts.call(), "session.login_with_password",
                        credentials.user(), credentials.password(), CLIENT_VERSION, ORIGINATOR);
                return new Login(at, new SessionId(id.text()));
            } catch (NotMasterException e) {
                if (hop == MAX_HOPS) {
                    throw e;
                }
                at = address(e.master(), at.port());
            }
        }
    }

    private static HostAddress address(String text, int port) {
        return HostAddress.parse(text, port);
    }

    /// Learns the pool's hosts and their certificates, while there is somebody to ask: once the coordinator is gone, only
    /// a host that is known is told the password.
    private void readMembers() throws IOException, InterruptedException {
        var found = new TreeMap<String, Ref<Host>>();
        for (var host : call(current, "host.get_all_records").members().entrySet()) {
            var record = Host.CLASS.read(new Ref<>(host.getKey()), host.getValue());
            if (!record.address().isBlank()) {
                found.put(HostAddress.parse(record.address()).host(), record.ref());
            }
        }
        members = Map.copyOf(found);
        for (var member : found.entrySet()) {
            learnCertificate(member.getKey(), member.getValue());
        }
    }

    private void learnCertificate(String host, Ref<Host> ref) throws IOException, InterruptedException {
        if (hosts.knows(host) || host.equals(current.master.host())) {
            return;
        }
        try {
            hosts.learn(host, Fingerprint.ofPem(call(current, "host.get_server_certificate", ref).text()));
        } catch (XapiException | CertificateException e) {
            // switched off, or too old to tell; what the user trusts decides alone
        }
    }

    /// Makes sure that `host` belongs to the pool, and that its certificate is known if it can be.
    ///
    /// @throws IOException if it does not belong to the pool
    void introduce(HostAddress host) throws IOException, InterruptedException {
        if (host.equals(current.master)) {
            return;
        }
        if (!members.containsKey(host.host())) {
            readMembers(); // it may be new
        }
        var member = members.get(host.host());
        if (member == null) {
            throw new IOException("the pool sent us to %s, which is none of its hosts; nothing was sent there"
                    .formatted(host));
        }
        learnCertificate(host.host(), member);
    }

    private void logout(Login login) throws InterruptedException {
        try {
            callOpen(login, "session.logout");
        } catch (IOException e) {
            // ended already, or out of reach; a host drops an idle session after a day
        }
    }

    /// Logs out and wipes the password, in an interrupted thread too.
    @Override
    public void close() {
        boolean interrupted = Thread.interrupted();
        try {
            var last = lastLogin();
            if (last != null) {
                logout(last);
            }
        } catch (InterruptedException e) {
            interrupted = true;
        } finally {
            channel.close();
            credentials.close();
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /// Sees to it that no login follows, and returns the one to end; null if there is none.
    private Login lastLogin() {
        renewing.lock();
        try {
            var last = closed ? null : current;
            closed = true;
            return last;
        } finally {
            renewing.unlock();
        }
    }
}
