/// The NBD server: it offers whatever implements [Exports], to any client, and knows nothing of what stands behind.
///
/// ```text
///   socket ── TLS ── Negotiation, then Transmission       event loop: decodes, never blocks
///                        │              ▲
///                 one task a request    │ answers         virtual threads: may block in the export
///                        ▼              │
///                    Export.read … into the buffer that goes out
/// ```
/// - **Order.** Requests of a connection run side by side; answers go out as they are ready.
/// - **Back-pressure.** A connection has a number of requests and of bytes that may be unanswered. While either is
///   reached, or the client does not take what is sent, its socket is not read.
/// - **What a client can break.** Its own connection. All lengths are bounded before anything is allocated, all waiting
///   has an end, and failures of an export are answers.
/// - **What is not offered.** The old style of negotiation, TLS with pre-shared keys, fast zeroing, and resizing.
///
/// Contexts that an export invents are named `x-something:…`, the namespace that the protocol leaves for private use.
package io.xenolith.nbd.server;
