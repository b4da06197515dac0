/// Writing: from chunks that a backup offers to packs, index segments and a restore point, in that order.
package io.xenolith.repository.write;
