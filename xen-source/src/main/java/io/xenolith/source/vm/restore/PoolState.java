package io.xenolith.source.vm.restore;

import io.xenolith.source.xapi.Xapi;
import io.xenolith.source.xapi.records.Host;
import io.xenolith.source.xapi.records.Network;
import io.xenolith.source.xapi.records.Pbd;
import io.xenolith.source.xapi.records.Pool;
import io.xenolith.source.xapi.records.Ref;
import io.xenolith.source.xapi.records.Sr;
import io.xenolith.source.xapi.records.Vif;
import io.xenolith.source.xapi.records.Vm;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// What a pool has, as of one moment.
///
/// @param attached storage that some host sees
record PoolState(Pool pool, Host coordinator, List<Sr> storages, Set<Ref<Sr>> attached, List<Network> networks,
        List<Vm> vms, List<Vif> vifs) {

    static PoolState read(Xapi xapi) throws IOException, InterruptedException {
        var pool = xapi.pools().only();
        var attached = xapi.srs().connections().stream().filter(Pbd::attached).map(Pbd::sr).collect(Collectors.toSet());
        return new PoolState(pool, xapi.hosts().get(pool.master()), xapi.srs().all(), attached, xapi.networks().all(),
                xapi.vms().all(), xapi.vifs().all());
    }

    Optional<Vm> vm(String uuid) {
        return vms.stream().filter(vm -> vm.uuid().equals(uuid)).findFirst();
    }

    Optional<Vm> vm(Ref<Vm> ref) {
        return vms.stream().filter(vm -> vm.ref().equals(ref)).findFirst();
    }

    /// Those of a uuid, or else of a name.
    List<Sr> storages(String uuidOrName) {
        var byUuid = storages.stream().filter(sr -> sr.uuid().equals(uuidOrName)).toList();
        return byUuid.isEmpty() ? storages.stream().filter(sr -> sr.name().equals(uuidOrName)).toList() : byUuid;
    }

    /// Those of a uuid, or else of a name.
    List<Network> networks(String uuidOrName) {
        var byUuid = networks.stream().filter(network -> network.uuid().equals(uuidOrName)).toList();
        return byUuid.isEmpty() ? networks.stream().filter(network -> network.name().equals(uuidOrName)).toList() : byUuid;
    }
}
