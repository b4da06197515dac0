/// A repository: where restore points of many machines lie, each stored once.
///
/// ```text
///   config, config.copy          parameters; never change
///   keys/                        key slots of an encrypted repository
///   packs/data/, packs/map/      chunks of disks; nodes of block maps
///   segments/                    copies of the packs' tables, from which the index is made
///   points/                      restore points
///   summaries/                   copies of many restore points in one object, for listing
///   accounts/                    what the last report counted
///   pins/                        points that prune must keep
///   verified/                    when which pack was last verified
///   damage/                      chunks that were found damaged
///   locks/, index/, tmp/         of a local repository: who works on it, the RocksDB, unfinished objects
/// ```
/// [io.xenolith.repository.Repository] is the door to all of it.
package io.xenolith.repository;
