package io.xenolith.nbd.client;

import io.xenolith.nbd.protocol.Limits;
import io.xenolith.nbd.protocol.StatusChunk;
import java.util.List;
import java.util.concurrent.Semaphore;

/// How to talk to a server; [#DEFAULT] and then what differs.
///
/// @param connections  how many at a time, up to [#MAX_CONNECTIONS]; 0 for up to 4 where the server says that several see the
///                     same bytes, else 1. More than one of any other server is safe for what nobody writes to
/// @param requestBytes the longest read request, at least 4096 and at most [Limits#PAYLOAD]
/// @param depth        the most requests in flight on one connection, from 1 to [#MAX_DEPTH]
/// @param contexts     names of the metadata contexts to ask for
/// @param exportNameOnly open exports by the oldest option at once, which saves XenServer's server from the others
/// @param tls          how to trust servers; used where the address asks for TLS
/// @param permits      one is held for each connection, to bound those of several clients to one host; null for no bound
public record NbdClientOptions(int connections, int requestBytes, int depth, List<String> contexts, boolean exportNameOnly,
                               NbdTls tls, NbdTimeouts timeouts, NbdRetries retries, Semaphore permits) {
    public static final int MAX_CONNECTIONS = 16;
    public static final int MAX_DEPTH = 64;
    public static final NbdClientOptions DEFAULT = new NbdClientOptions(0, 2 << 20, 16,
            List.of(StatusChunk.ALLOCATION), false, NbdTls.platform(), NbdTimeouts.DEFAULT, NbdRetries.DEFAULT, null);

    public NbdClientOptions {
        contexts = List.copyOf(contexts);
        if (connections < 0 || connections > MAX_CONNECTIONS || requestBytes < 4096 || requestBytes > Limits.PAYLOAD
                || depth < 1 || depth > MAX_DEPTH || contexts.size() > Limits.QUERIES) {
            throw new IllegalArgumentException("%d connections with %d requests of %d bytes, %d contexts"
                    .formatted(connections, depth, requestBytes, contexts.size()));
        }
    }

    public NbdClientOptions withConnections(int count) {
        return new NbdClientOptions(count, requestBytes, depth, contexts, exportNameOnly, tls, timeouts, retries, permits);
    }

    public NbdClientOptions withRequests(int bytes, int mostInFlight) {
        return new NbdClientOptions(connections, bytes, mostInFlight, contexts, exportNameOnly, tls, timeouts, retries, permits);
    }

    public NbdClientOptions withContexts(String... names) {
        return new NbdClientOptions(connections, requestBytes, depth, List.of(names), exportNameOnly, tls, timeouts, retries,
                permits);
    }

    public NbdClientOptions withExportNameOnly() {
        return new NbdClientOptions(connections, requestBytes, depth, contexts, true, tls, timeouts, retries, permits);
    }

    public NbdClientOptions withTls(NbdTls trust) {
        return new NbdClientOptions(connections, requestBytes, depth, contexts, exportNameOnly, trust, timeouts, retries, permits);
    }

    public NbdClientOptions withTimeouts(NbdTimeouts patience) {
        return new NbdClientOptions(connections, requestBytes, depth, contexts, exportNameOnly, tls, patience, retries, permits);
    }

    public NbdClientOptions withRetries(NbdRetries effort) {
        return new NbdClientOptions(connections, requestBytes, depth, contexts, exportNameOnly, tls, timeouts, effort, permits);
    }

    public NbdClientOptions withPermits(Semaphore shared) {
        return new NbdClientOptions(connections, requestBytes, depth, contexts, exportNameOnly, tls, timeouts, retries, shared);
    }
}
