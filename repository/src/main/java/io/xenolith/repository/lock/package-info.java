/// Locks: who may work on a repository at the same time.
///
/// | asks for / holds | `READ` | `APPEND` | `EXCLUSIVE` |
/// |------------------|--------|----------|-------------|
/// | `READ`           | yes    | yes      | waits       |
/// | `APPEND`         | yes    | yes      | waits       |
/// | `EXCLUSIVE`      | waits  | waits    | waits       |
///
/// In a local directory each holder has a file of its own:
///
/// ```text
///   <root>/locks/mutex                   entered for moments, to look and to take a lock in one step; never deleted
///   <root>/locks/<32 hex digits>.append.lock
///                                        one holder; what it does is told by its name, who it is by the JSON inside:
///                                        {"host":"nas","pid":4711,"command":"backup","since":"2026-01-31T02:00:00Z","mode":"APPEND"}
/// ```
/// - **How a holder proves that it lives.** By an OS lock on its file, which the kernel drops when the process dies, however
///   it dies. Process numbers and times prove nothing across hosts and containers; they are there to be read by people.
///   On NFS the lock service of the server answers for it.
/// - **What a crash leaves.** A file without an OS lock. Whoever looks next deletes it and says so.
/// - **What a full disk does.** A holder's file stays empty; it counts all the same, as an unknown process.
/// - **Read-only directories.** There is no place for a lock there, so `READ` goes without.
/// - **Why this JVM's own files are never opened.** Closing any channel on a file drops all OS locks that the JVM has on
///   it. What this JVM holds is known from memory.
package io.xenolith.repository.lock;
