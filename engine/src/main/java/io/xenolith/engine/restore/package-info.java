/// Restore: from a block map and its chunks back to a disk.
///
/// ```text
///   one thread walks the map        several threads read chunks       the target
///   ─ pieces, in disk order ──────▶ ─ each a piece at a time ───────▶ in any order: each writes its chunks at once
///     (a short, bounded queue)                                        in sequence: each waits for its turn
/// ```
/// - **A piece** is the chunks that begin in one slot, or a stretch of zeros of at most a slot. Pieces follow each other
///   without gaps. Holes become pieces only where the target asks for zeros.
/// - **Memory** is bounded by the number of threads: no list grows with the disk but that of what was left out.
/// - **Damage** ends the restore unless it is asked to go around it. It then lists what it left out; that list covers
///   whatever a lost map node may have told of, up to the next chunk that is known.
package io.xenolith.engine.restore;
