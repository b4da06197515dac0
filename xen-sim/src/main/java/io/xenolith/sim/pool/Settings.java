package io.xenolith.sim.pool;

import io.xenolith.sim.XenVersion;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/// How a pool is to be.
///
/// @param directory    where disks lie
/// @param restrictions licence flags such as `restrict_cbt` that are on, so that the feature is off
/// @param queueMillis  how long a call queues behind another operation on the same object before it fails
/// @param unplugMillis how long a disk stays attached to a control domain after a stream or an NBD connection has ended
/// @param plugMillis   how long attaching a disk to a control domain takes
/// @param slowScans    whether `/export` behaves as if looking through zeros took long, and fills gaps with empty chunks
public record Settings(XenVersion version, Path directory, List<Account> accounts, int hosts, Set<String> restrictions,
        long queueMillis, long unplugMillis, long plugMillis, boolean slowScans) {}
