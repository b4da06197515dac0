/// A disk that takes writes and leaves what it was made from alone: writes go to a scratch file, and reads find there
/// what was written and in the disk below all that was not.
///
/// ```text
///   block of 64 KiB:   untouched ── zeroed or trimmed ──▶ zeros
///                          │                                │
///                          └── written ──▶ in the scratch file, at its own offset
/// ```
/// - **What a write costs.** The first write to a block that does not cover it reads the rest from below.
/// - **What bounds it.** [io.xenolith.source.overlay.ScratchSpace] counts the blocks that were ever written, over all
///   disks. A block that is zeroed keeps its place, so that writing it again cannot fail.
/// - **What outlives the process.** Nothing: the scratch file has no name. So a flush has nothing to make durable.
package io.xenolith.source.overlay;
