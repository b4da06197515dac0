/// A client that reads exports of any NBD server, made for virtual threads: every call blocks its caller and no more.
///
/// ```text
///   caller ── NbdClient.read ──▶ Backlog ◀── Connection   one per lane, on its Netty event loop: takes pieces of reads,
///                                   ▲            │         sends requests, copies replies into the caller's buffer
///                                   │            ▼
///                                   └───────── Lane        one virtual thread per connection: connects, negotiates
///                                                          (Negotiation), waits for its end, backs off, again
/// ```
/// - **Who pulls.** A connection takes the next piece of the oldest read when it has room for one more request
///   ([Pace]). Nothing is queued but the reads that callers wait for, so memory is what the callers brought.
/// - **What a lost connection costs.** Its unfinished pieces go back to the backlog, and any connection may take them. One of
///   them is charged with an attempt, so that a request which kills the server ends in an error.
/// - **What is believed.** Nothing: magic, cookie, chunk type, offset, length and coverage of every reply are checked before a
///   byte is copied; a violation ends the connection, never resynchronises it.
/// - **Who may block.** Callers and lanes. Event loops never do.
package io.xenolith.nbd.client;
