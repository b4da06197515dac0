package io.xenolith.source.xapi;

import io.xenolith.source.xapi.error.SessionLostException;
import io.xenolith.source.xapi.http.HostAddress;
import io.xenolith.source.xapi.http.HttpStatusException;
import io.xenolith.source.xapi.http.KnownHosts;
import io.xenolith.source.xapi.http.ResponseHead;
import io.xenolith.source.xapi.http.StreamConnection;
import io.xenolith.source.xapi.http.Timeouts;
import io.xenolith.source.xapi.task.PoolTask;
import io.xenolith.source.xapi.task.Tasks;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Optional;

/// Opens exports and imports: makes a task, asks the coordinator, and goes where it sends us. A host that does not see
/// a disk's storage names one that does.
final class Streams {
    private static final int MAX_REDIRECTS = 2;

    private final Session session;
    private final KnownHosts hosts;
    private final Timeouts timeouts;
    private final Tasks tasks;

    Streams(Session session, KnownHosts hosts, Timeouts timeouts, Tasks tasks) {
        this.session = session;
        this.hosts = hosts;
        this.timeouts = timeouts;
        this.tasks = tasks;
    }

    /// @param what for the task's name and for messages
    Download get(String what, Query query) throws IOException, InterruptedException {
        return get(what, query, Optional.empty());
    }

    /// @param address of the host to ask; the coordinator if there is none
    Download get(String what, Query query, Optional<String> address) throws IOException, InterruptedException {
        var opened = open(what, query, address, new Get());
        return new Download(opened.connection, opened.task);
    }

    /// @param length of the body in bytes; negative if unknown
    /// @param result how the task's result is read once all is sent
    <R> Upload<R> put(String what, Query query, long length, Upload.ResultReader<R> result)
            throws IOException, InterruptedException {
        var opened = open(what, query, Optional.empty(), new Put(length));
        return new Upload<>(opened.connection, opened.task, length, opened.head.isPresent(), result);
    }

    private record Opened(StreamConnection connection, PoolTask task, Optional<ResponseHead> head) {
    }

    private sealed interface Request {
        void send(StreamConnection connection, String target) throws IOException;

        /// The head of the answer, or nothing where that comes behind the body.
        Optional<ResponseHead> answer(StreamConnection connection) throws IOException;
    }

    private record Get() implements Request {
        @Override
        public void send(StreamConnection connection, String target) throws IOException {
            connection.get(target);
        }

        @Override
        public Optional<ResponseHead> answer(StreamConnection connection) throws IOException {
            return Optional.of(connection.answer());
        }
    }

    private record Put(long length) implements Request {
        @Override
        public void send(StreamConnection connection, String target) throws IOException {
            connection.put(target, length);
        }

        @Override
        public Optional<ResponseHead> answer(StreamConnection connection) throws IOException {
            return connection.goAhead();
        }
    }

    private Opened open(String what, Query query, Optional<String> address, Request request)
            throws IOException, InterruptedException {
        var task = tasks.open(what);
        try {
            var login = session.current();
            try {
                return follow(login, address, task, query, request);
            } catch (SessionLostException e) {
                session.renew(login, e); // refused before the task was touched
                return follow(session.current(), address, task, query, request);
            }
        } catch (HttpStatusException e) {
            try (task) {
                throw task.reasonOf(e); // mostly it knows more than a status
            }
        } catch (IOException | InterruptedException | RuntimeException e) {
            task.close();
            throw e;
        }
    }

    private Opened follow(Session.Login login, Optional<String> address, PoolTask task, Query query, Request request)
            throws IOException, InterruptedException {
        var target = query.with("session_id", login.id()).with("task_id", task.ref()).target();
        var master = login.master();
        var host = address.map(other -> new HostAddress(other, master.port())).orElse(master);
        for (int hop = 0; true; hop++) {
            session.introduce(host);
            var connection = StreamConnection.open(host, hosts, timeouts);
            try {
                request.send(connection, target);
                task.handedOver();
                var head = request.answer(connection);
                if (head.isEmpty() || head.get().status() == 200) {
                    return new Opened(connection, task, head);
                }
                if (!head.get().redirects() || hop == MAX_REDIRECTS) {
                    throw connection.refusal(head.get());
                }
                host = location(head.get());
            } catch (IOException | RuntimeException e) {
                connection.close();
                throw e;
            }
            connection.close();
        }
    }

    /// Only the host is taken from the redirection: path and query stay those that we asked for.
    private static HostAddress location(ResponseHead head) throws IOException {
        var location = head.headers().getOrDefault("location", "");
        try {
            var uri = new URI(location);
            if (!"https".equals(uri.getScheme()) || uri.getRawAuthority() == null || uri.getRawUserInfo() != null) {
                throw new IOException("the pool sent us to an address that is none of https; nothing was sent");
            }
            return HostAddress.parse(uri.getRawAuthority());
        } catch (URISyntaxException | IllegalArgumentException e) {
            throw new IOException("the pool sent us to an address that cannot be understood"); // it holds the session
        }
    }
}
