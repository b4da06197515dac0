package io.xenolith.source.xapi;

import io.xenolith.source.xapi.records.Ref;
import io.xenolith.source.xapi.records.Vm;
import io.xenolith.source.xapi.records.Vtpm;
import io.xenolith.source.xapi.rpc.Calls;
import io.xenolith.source.xapi.task.Tasks;
import java.io.IOException;

/// Calls about virtual TPMs, on hosts from XenServer 8 and XCP-ng 8.3 on.
public final class Vtpms extends ObjectCalls<Vtpm> {

    Vtpms(Calls calls, Tasks tasks) {
        super(Vtpm.CLASS, calls, tasks);
    }

    /// Gives a halted VM an empty TPM.
    public Ref<Vtpm> create(Ref<Vm> vm, boolean unique) throws IOException, InterruptedException {
        return new Ref<>(tell("create", vm, unique).text());
    }
}
