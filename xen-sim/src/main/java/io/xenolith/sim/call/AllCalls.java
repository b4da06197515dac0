package io.xenolith.sim.call;

import io.xenolith.sim.pool.Pool;

/// Everything that a pool of some version understands.
final class AllCalls {
    private AllCalls() {}

    static Methods of(Pool pool) {
        var methods = new Methods();
        GenericCalls.define(methods, pool.database().schema());
        SessionCalls.define(methods);
        EventCalls.define(methods);
        PoolCalls.define(methods);
        VmCalls.define(methods);
        DeviceCalls.define(methods);
        VdiCalls.define(methods);
        return methods;
    }
}
