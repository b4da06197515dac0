package io.xenolith.repository.storage;

import java.io.IOException;

/// What everything gets that goes on after the process "died" in a [FaultyStorage].
public final class CrashException extends IOException {

    CrashException(String operation) {
        super("crashed before '%s' could be done".formatted(operation));
    }
}
