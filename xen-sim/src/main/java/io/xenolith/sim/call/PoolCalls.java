package io.xenolith.sim.call;

import io.xenolith.sim.model.Row;
import io.xenolith.sim.pool.Host;
import io.xenolith.sim.pool.Role;
import io.xenolith.sim.rpc.XapiFailure;
import java.time.Instant;
import java.util.Set;

/// The pool itself, its hosts, storage repositories and networks.
final class PoolCalls {
    private static final Set<String> PURPOSES = Set.of("nbd", "insecure_nbd");

    private PoolCalls() {}

    static void define(Methods methods) {
        defineHosts(methods);
        methods.define(Role.VM_POWER_ADMIN, "SR.scan", "ref SR", call -> {
            call.pool().storage().scan(call.row(0));
            return null;
        });
        methods.define(Role.VM_POWER_ADMIN, "SR.update", "ref SR", call -> {
            call.pool().storage().refresh(call.row(0));
            return null;
        });
        methods.define(Role.POOL_OPERATOR, "PBD.plug", "ref PBD", call -> setAttached(call, true));
        methods.define(Role.POOL_OPERATOR, "PBD.unplug", "ref PBD", call -> setAttached(call, false));
        defineNetworks(methods);
    }

    private static void defineHosts(Methods methods) {
        methods.define(Role.POOL_OPERATOR, "pool.designate_new_master", "ref host", call -> {
            call.pool().changeMaster(host(call));
            return null;
        });
        methods.define(Role.POOL_ADMIN, "pool.sync_database", "", _ -> null);
        methods.defineSync(Role.READ_ONLY, "host.get_server_certificate", "ref host", call -> host(call).identity().pem());
        methods.defineSync(Role.READ_ONLY, "host.get_servertime", "ref host", _ -> Instant.now());
        methods.define(Role.POOL_OPERATOR, "host.enable", "ref host", call -> setEnabled(call, true));
        methods.define(Role.POOL_OPERATOR, "host.disable", "ref host", call -> setEnabled(call, false));
        methods.defineSync(Role.READ_ONLY, "host.get_management_interface", "ref host", call -> call.row(0)
                .followAll("PIFs").stream().filter(pif -> pif.flag("management")).findAny().orElseThrow().ref());
    }

    private static Host host(Call call) {
        var row = call.row(0);
        return call.pool().hosts().stream().filter(host -> host.row() == row).findAny().orElseThrow();
    }

    private static Object setEnabled(Call call, boolean enabled) {
        call.row(0).set("enabled", enabled);
        return null;
    }

    private static Object setAttached(Call call, boolean attached) {
        call.row(0).set("currently_attached", attached);
        return null;
    }

    private static void defineNetworks(Methods methods) {
        methods.define(Role.POOL_OPERATOR, "network.create", "record", PoolCalls::createNetwork);
        methods.define(Role.POOL_OPERATOR, "network.destroy", "ref network", call -> {
            call.database().delete(call.row(0));
            return null;
        });
        methods.define(Role.POOL_ADMIN, "network.add_purpose", "ref network, string", PoolCalls::addPurpose);
        methods.define(Role.POOL_ADMIN, "network.remove_purpose", "ref network, string", call -> {
            call.row(0).removeFrom("purpose", call.text(1));
            return null;
        });
    }

    private static Object createNetwork(Call call) {
        var arguments = Constructor.arguments(call.database().schema(), "network", call.map(0));
        var network = call.database().create("network", arguments);
        if (network.text("bridge").isEmpty()) {
            network.set("bridge", "xapi" + call.database().all("network").size());
        }
        return network.ref();
    }

    /// Encrypted and plain NBD cannot both be had in one pool.
    private static Object addPurpose(Call call) {
        var purpose = call.text(1);
        if (!PURPOSES.contains(purpose)) {
            throw new XapiFailure("INVALID_VALUE", "purpose", purpose);
        }
        if (!call.row(0).flag("managed")) {
            throw new XapiFailure("NETWORK_UNMANAGED", call.row(0).ref());
        }
        for (Row network : call.database().all("network")) {
            for (var other : network.texts("purpose")) {
                if (!other.equals(purpose)) {
                    throw new XapiFailure("NETWORK_INCOMPATIBLE_PURPOSES", purpose, other);
                }
            }
        }
        call.row(0).addTo("purpose", purpose);
        return null;
    }
}
