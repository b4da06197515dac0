package io.xenolith.cli.serve;

import io.xenolith.nbd.server.Export;
import io.xenolith.nbd.server.ExportListing;
import io.xenolith.nbd.server.Exports;
import io.xenolith.repository.Repository;
import java.io.Closeable;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/// What is offered, read-only: each connection gets an export of its own, over disks that all share.
final class PointExports implements Exports, Closeable {

    private final Offer offer;
    private final Repository repository;
    private final OpenDisks open;
    private final ExecutorService background = Executors.newVirtualThreadPerTaskExecutor();

    PointExports(Offer offer, Repository repository) {
        this.offer = offer;
        this.repository = repository;
        this.open = new OpenDisks(repository);
    }

    @Override
    public List<ExportListing> list() throws IOException {
        return listings(offer.disks());
    }

    static List<ExportListing> listings(List<ServedDisk> disks) {
        return disks.stream().map(disk -> new ExportListing(disk.name(), disk.description())).toList();
    }

    @Override
    public Optional<Export> open(String name) throws IOException {
        var found = find(offer, name);
        return found.isEmpty() ? Optional.empty() : Optional.of(open(found.get()));
    }

    /// The empty name stands for the only disk, if there is only one.
    static Optional<ServedDisk> find(Offer offer, String name) throws IOException {
        if (!name.isEmpty()) {
            return offer.disk(name);
        }
        var all = offer.disks();
        return all.size() == 1 ? Optional.of(all.getFirst()) : Optional.empty();
    }

    private Export open(ServedDisk served) throws IOException {
        return new DiskExport(served, open, new ChangedSince(served, open, repository.catalog()), background);
    }

    /// Waits for what is being decoded. To be closed before the repository, and after the server.
    @Override
    public void close() {
        background.close();
    }
}
