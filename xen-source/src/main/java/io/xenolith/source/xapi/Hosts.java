package io.xenolith.source.xapi;

import io.xenolith.source.xapi.records.Host;
import io.xenolith.source.xapi.records.Ref;
import io.xenolith.source.xapi.rpc.Calls;
import io.xenolith.source.xapi.task.Tasks;
import java.io.IOException;

/// Calls about hosts.
public final class Hosts extends ObjectCalls<Host> {

    Hosts(Calls calls, Tasks tasks) {
        super(Host.CLASS, calls, tasks);
    }

    /// PEM of the certificate that the host shows.
    public String certificate(Ref<Host> host) throws IOException, InterruptedException {
        return ask("get_server_certificate", host).text();
    }
}
