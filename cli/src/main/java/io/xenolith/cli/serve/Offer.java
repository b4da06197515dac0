package io.xenolith.cli.serve;

import io.xenolith.engine.point.RestorePoint;
import io.xenolith.repository.Repository;
import io.xenolith.repository.point.AmbiguousPointException;
import io.xenolith.repository.point.NoSuchPointException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// Which disks are served. Safe for use by several threads.
sealed interface Offer {

    /// All of them, sorted by machine and time.
    List<ServedDisk> disks() throws IOException;

    /// The disk that a client calls `name`, which comes from the network.
    ///
    /// @throws IOException if that cannot be said, or there are two
    Optional<ServedDisk> disk(String name) throws IOException;

    /// The disks of these points, for as long as the server runs.
    record Chosen(List<RestorePoint> points) implements Offer {

        @Override
        public List<ServedDisk> disks() {
            return disksOf(points);
        }

        @Override
        public Optional<ServedDisk> disk(String name) throws IOException {
            return only(name, disks().stream().filter(disk -> disk.isCalled(name)).toList());
        }
    }

    /// The disks of all points that there are at the moment.
    record Everything(Repository repository) implements Offer {

        private static final Pattern BY_TIME =
                Pattern.compile("(.+)/(\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ)/(.+)", Pattern.DOTALL);
        private static final Pattern BY_ID = Pattern.compile("([0-9a-f]{16})(?:/.+)?", Pattern.DOTALL);

        @Override
        public List<ServedDisk> disks() throws IOException {
            try {
                return disksOf(repository.catalog().overview(repository.random()).points());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new InterruptedIOException("interrupted while the restore points were listed");
            }
        }

        @Override
        public Optional<ServedDisk> disk(String name) throws IOException {
            var byTime = BY_TIME.matcher(name);
            var byId = BY_ID.matcher(name);
            if (byTime.matches()) {
                return disk(byTime.group(1) + "@" + byTime.group(2), name);
            }
            return byId.matches() ? disk(byId.group(1), name) : Optional.empty();
        }

        private Optional<ServedDisk> disk(String reference, String name) throws IOException {
            try {
                var point = repository.catalog().resolve(reference);
                return only(name, disksOf(List.of(point)).stream().filter(disk -> disk.isCalled(name)).toList());
            } catch (NoSuchPointException _) {
                return Optional.empty();
            } catch (AmbiguousPointException e) {
                throw twice(name);
            }
        }
    }

    private static List<ServedDisk> disksOf(List<RestorePoint> points) {
        return points.stream().flatMap(point -> point.disks().stream().map(disk -> new ServedDisk(point, disk))).toList();
    }

    private static Optional<ServedDisk> only(String name, List<ServedDisk> found) throws IOException {
        if (found.size() > 1) {
            throw twice(name);
        }
        return found.stream().findAny();
    }

    private static IOException twice(String name) {
        return new IOException("there are several disks called %s; name the restore point by its id".formatted(name));
    }
}
