package io.xenolith.sim.stream;

import io.xenolith.sim.http.HttpHandler;
import io.xenolith.sim.pool.Host;
import io.xenolith.sim.pool.Pool;
import io.xenolith.sim.pool.Role;
import java.util.Map;
import java.util.function.IntSupplier;

/// Which path streams what.
public final class StreamPaths {
    private final Pool pool;
    private final Host host;
    private final IntSupplier port;

    /// @param port at which every host of the pool listens
    public StreamPaths(Pool pool, Host host, IntSupplier port) {
        this.pool = pool;
        this.host = host;
        this.port = port;
    }

    public Map<String, HttpHandler> downloads() {
        return Map.of("/export", endpoint(Role.VM_ADMIN, new Export()),
                "/export_metadata", endpoint(Role.VM_ADMIN, new Export.Metadata()),
                "/export_raw_vdi", endpoint(Role.VM_ADMIN, new RawExport()),
                "/pool/xmldbdump", endpoint(Role.POOL_ADMIN, PoolDump::dump),
                "/host_backup", endpoint(Role.POOL_ADMIN, PoolDump::hostBackup));
    }

    public Map<String, HttpHandler> uploads() {
        return Map.of("/import", endpoint(Role.VM_ADMIN, new Import(false)),
                "/import_metadata", endpoint(Role.VM_ADMIN, new Import(true)),
                "/import_raw_vdi", endpoint(Role.VM_ADMIN, new RawImport()),
                "/pool/xmldbdump", endpoint(Role.POOL_ADMIN, PoolDump::restore));
    }

    private HttpHandler endpoint(Role role, StreamEndpoint.Stream stream) {
        return new StreamEndpoint(pool, host, port, role, stream);
    }
}
