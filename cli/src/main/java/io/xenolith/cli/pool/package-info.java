/// Pools: the repository remembers under a name where each is, whom to log in as, which certificate to trust and where the
/// password comes from.
///
/// [io.xenolith.cli.pool.KnownPool] is what is remembered, [io.xenolith.cli.pool.PoolSession] the session that every command
/// opens by the name. A certificate that nobody has confirmed is never trusted.
package io.xenolith.cli.pool;
