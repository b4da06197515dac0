package io.xenolith.bench.guard;

import java.io.IOException;

/// The file of floors does not fit the guards that there are. Mend it.
final class FloorsException extends IOException {
    FloorsException(String message) {
        super(message);
    }
}
