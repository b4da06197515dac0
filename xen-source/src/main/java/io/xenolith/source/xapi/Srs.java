package io.xenolith.source.xapi;

import io.xenolith.source.xapi.records.Pbd;
import io.xenolith.source.xapi.records.Ref;
import io.xenolith.source.xapi.records.Sr;
import io.xenolith.source.xapi.records.StorageDriver;
import io.xenolith.source.xapi.rpc.Calls;
import io.xenolith.source.xapi.task.Tasks;
import java.io.IOException;
import java.util.List;

/// Calls about storage.
public final class Srs extends ObjectCalls<Sr> {

    Srs(Calls calls, Tasks tasks) {
        super(Sr.CLASS, calls, tasks);
    }

    /// Brings what the pool knows in line with what is there; holds up whatever else happens on the storage.
    public void scan(Ref<Sr> storage) throws IOException, InterruptedException {
        runRepeatable("scan", storage);
    }

    /// Which hosts have which storage.
    public List<Pbd> connections() throws IOException, InterruptedException {
        return others(Pbd.CLASS);
    }

    public List<StorageDriver> drivers() throws IOException, InterruptedException {
        return others(StorageDriver.CLASS);
    }
}
