package io.xenolith.cli.backup;

import io.xenolith.source.xapi.Xapi;
import io.xenolith.source.xapi.records.Vm;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/// Lets machines wait until their host and their storage have room for another backup. Safe for use by several threads.
public final class BackupTurns {

    private final LimitOptions limits;

    /// How many backups keep what busy; guarded by itself.
    private final Map<String, Integer> busy = new HashMap<>();

    public BackupTurns(LimitOptions limits) {
        this.limits = limits;
    }

    /// Waits for a machine's turn, which lasts until what is returned is closed.
    public Closeable await(Xapi xapi, Vm vm) throws IOException, InterruptedException {
        var needed = needed(xapi, vm);
        synchronized (busy) {
            while (!needed.stream().allMatch(this::hasRoom)) {
                busy.wait();
            }
            needed.forEach(place -> busy.merge(place, 1, Integer::sum));
        }
        return () -> {
            synchronized (busy) {
                needed.forEach(place -> busy.merge(place, -1, Integer::sum));
                busy.notifyAll();
            }
        };
    }

    private List<String> needed(Xapi xapi, Vm vm) throws IOException, InterruptedException {
        var places = new TreeSet<String>();
        if (limits.perHost > 0 && !vm.residentOn().isNone()) {
            places.add("host " + vm.residentOn());
        }
        if (limits.perStorage > 0) {
            for (var vbd : xapi.vbds().existing(vm.vbds())) {
                if (vbd.isDisk()) {
                    places.add("storage " + xapi.vdis().get(vbd.vdi()).sr());
                }
            }
        }
        return new ArrayList<>(places);
    }

    private boolean hasRoom(String place) {
        return busy.getOrDefault(place, 0) < (place.startsWith("host ") ? limits.perHost : limits.perStorage);
    }
}
