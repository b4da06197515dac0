package io.xenolith.cli.backup;

import io.xenolith.engine.point.RestorePoint;
import io.xenolith.repository.CorruptObjectException;
import io.xenolith.repository.point.Catalog;
import io.xenolith.repository.point.NoSuchPointException;
import java.io.IOException;
import java.util.Optional;

/// What an increment starts from.
public sealed interface BackupBase {

    /// No increment was asked for.
    record NotAskedFor() implements BackupBase {
    }

    /// A restore point of the same machine.
    record Found(RestorePoint point) implements BackupBase {
    }

    /// An increment was asked for and cannot be had.
    ///
    /// @param reason why, as a sentence
    record Unusable(String reason) implements BackupBase {
    }

    /// Looks for the base.
    ///
    /// @throws io.xenolith.repository.point.AmbiguousPointException if `reference` names several points
    static BackupBase find(Catalog catalog, String reference, String vm) throws IOException {
        try {
            var point = catalog.resolve(reference);
            return point.vm().equals(vm) ? new Found(point)
                    : new Unusable("the base %s is of the machine '%s'".formatted(point.id(), point.vm()));
        } catch (NoSuchPointException e) {
            return new Unusable("the base '%s' is not in the repository".formatted(reference));
        } catch (CorruptObjectException e) {
            return new Unusable("the base '%s' is damaged".formatted(reference));
        }
    }

    /// The id of the base, if there is one.
    default Optional<String> id() {
        return this instanceof Found found ? Optional.of(found.point().id()) : Optional.empty();
    }
}
