package io.xenolith.source.xapi;

import io.xenolith.source.xapi.records.Network;
import io.xenolith.source.xapi.records.Ref;
import io.xenolith.source.xapi.rpc.Calls;
import io.xenolith.source.xapi.task.Tasks;
import java.io.IOException;

/// Calls about networks.
public final class Networks extends ObjectCalls<Network> {

    Networks(Calls calls, Tasks tasks) {
        super(Network.CLASS, calls, tasks);
    }

    /// @param purpose `nbd` to serve disks over it with TLS; the hosts need ten seconds to notice
    public void addPurpose(Ref<Network> network, String purpose) throws IOException, InterruptedException {
        tell("add_purpose", network, purpose);
    }
}
