package io.xenolith.source.xapi;

import io.xenolith.source.xapi.records.Ref;
import io.xenolith.source.xapi.records.Vbd;
import io.xenolith.source.xapi.rpc.Calls;
import io.xenolith.source.xapi.task.Tasks;
import java.io.IOException;

/// Calls about where disks are attached.
public final class Vbds extends ObjectCalls<Vbd> {

    Vbds(Calls calls, Tasks tasks) {
        super(Vbd.CLASS, calls, tasks);
    }

    /// Attaches it when its VM starts; a VM that runs needs [#plug(Ref)] as well.
    public Ref<Vbd> create(NewVbd vbd) throws IOException, InterruptedException {
        return new Ref<>(tell("create", vbd.record()).text());
    }

    /// Removes one that is not attached now. The disk stays. One that is gone already is fine.
    public void destroy(Ref<Vbd> vbd) throws IOException, InterruptedException {
        askDestroy(vbd);
    }

    public void plug(Ref<Vbd> vbd) throws IOException, InterruptedException {
        run("plug", vbd);
    }

    public void unplug(Ref<Vbd> vbd) throws IOException, InterruptedException {
        run("unplug", vbd);
    }
}
