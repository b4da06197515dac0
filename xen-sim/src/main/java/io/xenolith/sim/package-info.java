/// A simulated pool in one process, for tests and for trying things out without a hypervisor.
///
/// It is an honest peer: its own server side of XML-RPC, JSON-RPC, HTTP, XVA, VHD and NBD, sharing nothing with the client
/// that it is there to test. Where hosts have a quirk that a client must survive, the pool has it too.
///
/// ```text
///   http ──────────────▶ call ──▶ pool ──▶ model      rows with a schema, and what changed when
///   TLS, limits, quirks   methods   sessions, tasks,
///                                   storage, CBT ──▶ disk   copy-on-write files
/// ```
package io.xenolith.sim;
