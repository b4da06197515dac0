package io.xenolith.source.vm;

import io.xenolith.engine.point.Level;
import java.util.List;
import java.util.Optional;

/// How a machine is to be backed up.
///
/// @param level       nothing for an increment where one is possible, else a full
/// @param base        what stays in the pool for the next increment
/// @param excluded    disks to leave out: a device such as `xvdb`, a position, a label, a UUID, or `tag:NAME`
/// @param quiesce     whether the guest is to be told to come to rest, where the pool still can
/// @param before      run before the snapshot
/// @param after       run after the snapshot, whatever became of it
/// @param connections NBD connections for each disk
/// @param insecureNbd whether disks may cross the network in the clear, session included
public record BackupRequest(BackupMethod method, Optional<Level> level, BaseKind base, List<String> excluded, boolean quiesce,
        List<Hook> before, List<Hook> after, int connections, boolean insecureNbd) {

    public BackupRequest {
        excluded = List.copyOf(excluded);
        before = List.copyOf(before);
        after = List.copyOf(after);
    }
}
