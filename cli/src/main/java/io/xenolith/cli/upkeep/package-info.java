/// Keeping a repository: making it, keys, verifying, pruning, repairing.
package io.xenolith.cli.upkeep;
