package io.xenolith.repository.point;

import io.xenolith.repository.RepositoryException;
import java.util.List;
import java.util.stream.Collectors;

/// What was given names more than one restore point.
public final class AmbiguousPointException extends RepositoryException {

    private static final int MOST_NAMED = 10;

    /// @param candidates all that it may mean, the oldest first
    AmbiguousPointException(String reference, List<PointName> candidates) {
        super("'%s' may be any of %d restore points: %s; give the id of one, 'xenolith list' shows what they are"
                .formatted(reference, candidates.size(), named(candidates)));
    }

    private static String named(List<PointName> candidates) {
        var first = candidates.stream().limit(MOST_NAMED)
                .map(name -> "%s (%s)".formatted(name.id(), PointTime.format(name.time())))
                .collect(Collectors.joining(", "));
        return candidates.size() > MOST_NAMED ? first + " and others" : first;
    }
}
