package io.xenolith.cli.serve;

import io.xenolith.cli.ByteSize;
import io.xenolith.cli.Words;
import io.xenolith.engine.point.PointDisk;
import io.xenolith.engine.point.RestorePoint;

/// A disk of a restore point, and what clients may call it.
record ServedDisk(RestorePoint point, PointDisk disk) {

    /// Such as `web/2026-01-31T02:00:00Z/xvda`.
    String name() {
        return "%s/%s/%s".formatted(point.vm(), point.time(), disk.name());
    }

    /// Such as `3f9a0c11d2e4b586/xvda`: two points of a machine may be of one time, but not of one id.
    String idName() {
        return "%s/%s".formatted(point.id(), disk.name());
    }

    boolean isCalled(String text) {
        return text.equals(name()) || text.equals(idName()) || text.equals(point.id()) && point.disks().size() == 1;
    }

    String description() {
        return "restore point %s, %s, %s".formatted(point.id(), Words.of(point.level()), ByteSize.format(disk.size()));
    }
}
