/// The tables and charts of `docs/performance.md`, made from the files in `bench/results`: `bin/bench docs`.
package io.xenolith.bench.docs;
