package io.xenolith.cli.restore;

import io.xenolith.cli.UsageException;
import io.xenolith.engine.point.RestorePoint;
import io.xenolith.source.vm.restore.Destination;
import io.xenolith.source.vm.restore.RestoreRequest;
import io.xenolith.source.vm.restore.RestoreRequest.Cards;
import io.xenolith.source.vm.restore.RestoreRequest.Hardware;
import io.xenolith.source.vm.restore.RestoreRequest.Storages;
import io.xenolith.source.vm.restore.RestoreRequest.Way;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Option;

/// Where and how a machine is restored in a pool.
public final class PoolRestoreOptions {

    @Option(names = "--pool", paramLabel = "POOL", description = "Restore the machine into this pool, as 'pool add' called it. By"
            + " default it gets its old identity back, which nobody else in the pool may have.")
    public Optional<String> pool = Optional.empty();

    @Option(names = "--new-name", paramLabel = "NAME", description = "Make a new machine of this name, with an identity and MAC"
            + " addresses of its own.")
    public Optional<String> newName = Optional.empty();

    @Option(names = "--overwrite", description = "Put it in the place of the machine with its UUID, which is kept aside until the"
            + " restore is whole.")
    public boolean overwrite;

    @Option(names = "--shutdown", description = "With --overwrite: shut that machine down if it runs.")
    public boolean shutdown;

    @Option(names = "--as-template", description = "With --new-name: make a template.")
    public boolean template;

    @Option(names = "--attach-to", paramLabel = "VM-UUID", description = "Attach the disks to this machine, beside its own.")
    public Optional<String> attachTo = Optional.empty();

    @Option(names = "--disks-only", description = "Make disks that belong to no machine.")
    public boolean disksOnly;

    @Option(names = "--keep-mac", description = "Keep the MAC addresses also with --new-name.")
    public boolean keepMac;

    @Option(names = "--start", description = "Start it in the end.")
    public boolean start;

    @Option(names = "--sr", paramLabel = "SR", description = "The storage for all disks, by name or UUID. Default: the pool's")
    public Optional<String> storage = Optional.empty();

    @Option(names = "--map-sr", paramLabel = "OLD=NEW", description = "The storage for what lay on OLD. May be repeated.")
    public Map<String, String> storages = Map.of();

    @Option(names = "--map-network", paramLabel = "OLD=NEW", description = "The network for what was connected to OLD. May be"
            + " repeated.")
    public Map<String, String> networks = Map.of();

    @Option(names = "--leave-out-networks", description = "Leave out network cards whose network the pool does not have.")
    public boolean leaveOutNetworks;

    @Option(names = "--by", paramLabel = "disks|xva", description = "Send disk by disk, or all as one archive. Default: disks")
    public Optional<Way> way = Optional.empty();

    @Option(names = "--differential", description = "Where the pool still has a snapshot that a backup left, send only what"
            + " differs from it.")
    public boolean differential;

    @Option(names = "--verify", description = "Read all disks back in the end and compare them.")
    public boolean verify;

    @Option(names = "--for-older-host", description = "Claim that the machine is of the host's age if a newer host described it.")
    public boolean forOlderHost;

    /// Whether any option but the pool was given.
    public boolean given() {
        return newName.isPresent() || overwrite || shutdown || template || attachTo.isPresent() || disksOnly || keepMac || start
                || storage.isPresent() || !storages.isEmpty() || !networks.isEmpty() || leaveOutNetworks || way.isPresent()
                || differential || verify || forOlderHost;
    }

    /// @param hardware of a machine that nothing describes
    public RestoreRequest request(RestorePoint point, List<String> disks, Hardware hardware) {
        return new RestoreRequest(destination(point), way.orElse(Way.DISKS), new HashSet<>(disks),
                new Storages(storage, storages), new Cards(keepMac, networks, leaveOutNetworks), start, verify, forOlderHost,
                hardware, Map.of());
    }

    private Destination destination(RestorePoint point) {
        long chosen = List.of(newName.isPresent(), overwrite, attachTo.isPresent(), disksOnly).stream().filter(c -> c).count();
        if (chosen > 1) {
            throw new UsageException("--new-name, --overwrite, --attach-to and --disks-only: choose one");
        }
        if (shutdown && !overwrite) {
            throw new UsageException("--shutdown goes with --overwrite");
        }
        if (template && newName.isEmpty()) {
            throw new UsageException("--as-template goes with --new-name");
        }
        if (newName.isPresent()) {
            return new Destination.NewVm(newName.get(), template);
        }
        if (overwrite) {
            return new Destination.Replacement(shutdown);
        }
        if (attachTo.isPresent()) {
            return new Destination.Attached(attachTo.get(), Map.of());
        }
        if (disksOnly) {
            return new Destination.DisksOnly();
        }
        return point.machine().uuid().isPresent() ? new Destination.Original() : new Destination.NewVm(point.vm(), false);
    }
}
