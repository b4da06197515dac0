/// Measurements: each stage of the data path alone, all of them together in memory, and image formats and NBD beside what
/// moves the same bytes without them. `bin/bench` runs them; unless a page says otherwise, the figures are MiB of disk per
/// second.
package io.xenolith.bench;
