/// Marking: which chunks and nodes are needed by which restore points, in bitmaps over the packs.
package io.xenolith.repository.mark;
