package io.xenolith.source.vm;

import io.xenolith.nbd.client.NbdAddress;
import io.xenolith.nbd.client.NbdClient;
import io.xenolith.nbd.client.NbdClientOptions;
import io.xenolith.nbd.client.NbdException;
import io.xenolith.nbd.client.NbdTls;
import io.xenolith.nbd.protocol.ExportName;
import io.xenolith.source.xapi.NbdInfo;
import io.xenolith.source.xapi.Xapi;
import io.xenolith.source.xapi.records.Ref;
import io.xenolith.source.xapi.records.Vdi;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;

/// Opens disks of a pool over NBD. Hosts drop more than 16 connections without a word, so those of this process to one host
/// are counted. Safe for use by several threads.
public final class NbdDoor {

    private static final int CONNECTIONS_PER_HOST = 12; // a host takes 16, and others may want some

    private final Map<String, Semaphore> permits = new ConcurrentHashMap<>();
    private final int connections;
    private final boolean insecure;

    /// @param connections for each disk
    /// @param insecure    whether to go on in the clear with a server that has no TLS; the export's name, which holds the
    ///                    session, then crosses the network as well
    public NbdDoor(int connections, boolean insecure) {
        this.connections = connections;
        this.insecure = insecure;
    }

    /// Opens a disk.
    ///
    /// @throws IOException if no host serves it; the message says why each one does not
    NbdClient open(Xapi xapi, Ref<Vdi> disk) throws IOException, InterruptedException {
        var servers = xapi.vdis().nbdInfo(disk).stream().filter(server -> !server.isIpv6()).toList();
        if (servers.isEmpty()) {
            throw new IOException("no network of the pool serves disks by NBD");
        }
        Optional<IOException> failure = Optional.empty();
        for (var server : servers) {
            try {
                return open(server);
            } catch (NbdException e) {
                failure = Optional.of(e);
            }
        }
        throw failure.get();
    }

    private NbdClient open(NbdInfo server) throws IOException {
        try {
            return open(server, true);
        } catch (NbdException e) {
            if (!insecure) {
                throw e;
            }
            return open(server, false);
        }
    }

    private NbdClient open(NbdInfo server, boolean tls) throws IOException {
        var address = NbdAddress.tcp(server.address(), server.port(), new ExportName(server.exportName()), tls);
        var options = NbdClientOptions.DEFAULT.withExportNameOnly().withConnections(connections)
                .withTls(NbdTls.pinned(server.certificate(), server.subject()))
                .withPermits(permits.computeIfAbsent(server.address(), _ -> new Semaphore(CONNECTIONS_PER_HOST, true)));
        return NbdClient.open(List.of(address), options);
    }
}
