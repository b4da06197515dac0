/// Measurements by subject: each stage of the data path alone, all of them together in memory, and image formats and NBD; beside
/// each a reference that does the same work without our code. `bin/bench` runs them, and `docs/performance.md` has the figures.
package io.xenolith.bench;
