package io.xenolith.source.xapi;

import io.xenolith.source.xapi.records.Pool;
import io.xenolith.source.xapi.rpc.Calls;
import io.xenolith.source.xapi.task.Tasks;
import java.io.IOException;

/// Calls about the pool itself.
public final class Pools extends ObjectCalls<Pool> {

    Pools(Calls calls, Tasks tasks) {
        super(Pool.CLASS, calls, tasks);
    }

    /// The pool; there is exactly one.
    public Pool only() throws IOException, InterruptedException {
        var pools = all();
        if (pools.size() != 1) {
            throw new IOException("the host knows %d pools; expected one".formatted(pools.size()));
        }
        return pools.getFirst();
    }
}
