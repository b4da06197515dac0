/// Measurements: each stage of the data path alone, and all of them together in memory. `bin/bench` runs them; the figures
/// are bytes of disk per second.
package io.xenolith.bench;
