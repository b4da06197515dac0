package io.xenolith.cli.restore;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.xenolith.engine.point.RestorePoint;
import java.util.UUID;

/// The ids of images that disks are restored to: always the same for the same disk of the same point, so that one image can
/// name another as its parent without having been written together with it.
public final class ImageIdentity {

    private ImageIdentity() {
    }

    public static UUID of(RestorePoint point, String disk) {
        return UUID.nameUUIDFromBytes("xenolith/%s/%s".formatted(point.id(), disk).getBytes(UTF_8));
    }
}
