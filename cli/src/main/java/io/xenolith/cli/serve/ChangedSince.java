package io.xenolith.cli.serve;

import io.xenolith.engine.point.RestorePoint;
import io.xenolith.nbd.server.Export.StatusReceiver;
import io.xenolith.repository.point.Catalog;
import io.xenolith.repository.point.NoSuchPointException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/// The contexts that tell where a disk differs from the same disk in other points of its machine:
/// `xenolith:changed-since:POINT`, and `x-xenolith:changed-since:POINT` for clients that stick to the names that the
/// protocol leaves for private use. POINT is an id of 16 hexadecimal digits. One for each connection; safe for use by
/// several threads.
final class ChangedSince {

    /// The flag of what may differ.
    static final int CHANGED = 1;

    private static final String NAME = "xenolith:changed-since:";
    private static final Pattern CONTEXT = Pattern.compile("(?:x-)?" + NAME + "([0-9a-f]{16})");
    private static final int LISTED = 24; // in either form

    private final ServedDisk served;
    private final OpenDisks open;
    private final Catalog catalog;

    /// The disks that were asked about, by their points: at most as many as there are points.
    private final Map<String, ServedDisk> known = new ConcurrentHashMap<>();

    ChangedSince(ServedDisk served, OpenDisks open, Catalog catalog) {
        this.served = served;
        this.open = open;
        this.catalog = catalog;
    }

    /// Those for the newest points; any may be asked for.
    List<String> newest() throws IOException {
        var names = new ArrayList<String>();
        for (var point : newestPoints()) {
            names.add(NAME + point.id());
            names.add("x-" + NAME + point.id());
        }
        return names;
    }

    private List<RestorePoint> newestPoints() throws IOException {
        try {
            return catalog.ofVm(served.point().vm()).points().stream()
                    .filter(point -> !point.id().equals(served.point().id()))
                    .filter(point -> point.disk(served.disk().name()).isPresent())
                    .sorted(Comparator.comparing(RestorePoint::time).reversed()).limit(LISTED).toList();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while the points of %s were listed".formatted(served.point().vm()));
        }
    }

    /// Whether `context` is one of a point that there is.
    boolean has(String context) throws IOException {
        return before(context).isPresent();
    }

    private Optional<ServedDisk> before(String context) throws IOException {
        var parts = CONTEXT.matcher(context);
        return parts.matches() ? before(parts.group(1), known.get(parts.group(1))) : Optional.empty();
    }

    private Optional<ServedDisk> before(String id, ServedDisk already) throws IOException {
        if (already != null) {
            return Optional.of(already);
        }
        var found = find(id);
        found.ifPresent(disk -> known.put(id, disk));
        return found;
    }

    private Optional<ServedDisk> find(String id) throws IOException {
        try {
            var point = catalog.resolve(id);
            return Optional.of(point).filter(other -> other.vm().equals(served.point().vm()))
                    .flatMap(other -> other.disk(served.disk().name())).map(disk -> new ServedDisk(point, disk));
        } catch (NoSuchPointException _) {
            return Optional.empty();
        }
    }

    /// Tells which blocks of an extent may differ.
    void tell(String context, long offset, long length, StatusReceiver receiver) throws IOException {
        var before = before(context).orElseThrow(() -> new IOException("there is no context " + context + " here"));
        new StatusRuns(open.changed(before, served)::within, CHANGED, 0).tell(offset, length, receiver);
    }
}
