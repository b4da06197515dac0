/// The client side of a pool: log in, read and change its objects, export and import disks.
///
/// ```text
///   Xapi            a session, and the calls grouped by object: vms(), vdis(), srs(), exports(), imports() …
///     task          calls that take time, awaited and removed
///     records       objects and references by type
///     rpc           XML-RPC: writing, hardened reading, errors
///     http          TLS, trust, requests and streams
///     error         refusals, by what to do about them
/// ```
/// - **Sessions.** One login, at the coordinator, however many threads use it. When it ends, or the coordinator moves,
///   the next call that may be repeated logs in again; see [io.xenolith.source.xapi.rpc.Calls].
/// - **Secrets.** A session's reference opens what the account may; it appears in no message and no `toString`, and
///   neither does the password, which is wiped when the session closes.
/// - **Interrupts.** Every call that waits can be interrupted; what it had started is cancelled and removed.
package io.xenolith.source.xapi;
