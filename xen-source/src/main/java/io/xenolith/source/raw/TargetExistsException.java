package io.xenolith.source.raw;

import java.io.IOException;
import java.nio.file.Path;

/// A new file was to be written where something stands already. Nothing there was touched.
public final class TargetExistsException extends IOException {

    TargetExistsException(Path target) {
        super("%s exists already and is left as it is; choose another name, or replace it with --force"
                .formatted(target));
    }
}
