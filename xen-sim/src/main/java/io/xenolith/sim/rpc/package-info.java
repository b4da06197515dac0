/// The two wires that calls come over, XML-RPC and JSON-RPC, in the dialect of the hosts, and how a call fails.
package io.xenolith.sim.rpc;
