package io.xenolith.sim.rpc;

import java.util.List;

/// A call off the wire: `Class.method` and its arguments, the session among them, not yet checked against types.
public record RpcRequest(String method, List<Object> arguments) {}
