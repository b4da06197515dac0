/// What measurements came to, as JSON files in `bench/results` that the documentation is made from.
package io.xenolith.bench.result;
