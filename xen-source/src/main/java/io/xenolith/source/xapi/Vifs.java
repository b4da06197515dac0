package io.xenolith.source.xapi;

import io.xenolith.source.xapi.records.Ref;
import io.xenolith.source.xapi.records.Vif;
import io.xenolith.source.xapi.rpc.Calls;
import io.xenolith.source.xapi.task.Tasks;
import java.io.IOException;

/// Calls about network cards.
public final class Vifs extends ObjectCalls<Vif> {

    Vifs(Calls calls, Tasks tasks) {
        super(Vif.CLASS, calls, tasks);
    }

    public Ref<Vif> create(NewVif vif) throws IOException, InterruptedException {
        return new Ref<>(tell("create", vif.record()).text());
    }

    /// Removes one that is not attached now. One that is gone already is fine.
    public void destroy(Ref<Vif> vif) throws IOException, InterruptedException {
        askDestroy(vif);
    }
}
