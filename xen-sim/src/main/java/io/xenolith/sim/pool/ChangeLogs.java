package io.xenolith.sim.pool;

import io.xenolith.sim.rpc.XapiFailure;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Changed-block tracking, with one log a disk, linked and merged as the storage manager does it: a snapshot takes over the
/// live disk's log, and the live disk starts an empty one behind it; a disk that goes leaves its bits to its child.
/// Under the database's lock.
final class ChangeLogs {
    private static final int CALCULATION_FAILED = 460;
    private static final int INCONSISTENT = 459;

    private final Map<String, ChangeLog> byDisk = new HashMap<>();

    boolean tracks(String disk) {
        return byDisk.containsKey(disk);
    }

    void enable(String disk, long size) {
        byDisk.putIfAbsent(disk, new ChangeLog(null, size));
    }

    /// Ends the chain at `disk`; logs before it stay.
    void disable(String disk) {
        var log = byDisk.remove(disk);
        if (log == null) {
            return;
        }
        if (log.parent != null && byDisk.containsKey(log.parent)) {
            byDisk.get(log.parent).child = null;
        }
        if (log.child != null && byDisk.containsKey(log.child)) {
            byDisk.get(log.child).parent = null;
        }
    }

    void snapshot(String disk, String snapshot) {
        var log = byDisk.get(disk);
        if (log == null) {
            return;
        }
        byDisk.put(snapshot, log);
        if (log.parent != null && byDisk.containsKey(log.parent)) {
            byDisk.get(log.parent).child = snapshot;
        }
        log.child = disk;
        byDisk.put(disk, new ChangeLog(snapshot, log.size));
    }

    /// Takes `disk` out of the chain: what it logged now counts as written between its parent and its child.
    void destroy(String disk) {
        var log = byDisk.remove(disk);
        if (log == null) {
            return;
        }
        var child = log.child == null ? null : byDisk.get(log.child);
        var parent = log.parent == null ? null : byDisk.get(log.parent);
        if (child != null) {
            child.parent = log.parent;
            child.blocks.or(log.blocks);
            child.consistent &= log.consistent;
        }
        if (parent != null) {
            parent.child = log.child;
        }
    }

    void mark(String disk, long offset, long length) {
        var log = byDisk.get(disk);
        if (log != null) {
            log.mark(offset, length);
        }
    }

    void resize(String disk, long size) {
        var log = byDisk.get(disk);
        if (log != null) {
            log.size = size;
        }
    }

    void setInconsistent(String disk) {
        var log = byDisk.get(disk);
        if (log == null) {
            throw new IllegalArgumentException("disk %s is not tracked".formatted(disk));
        }
        log.consistent = false;
    }

    boolean isConsistent(String disk) {
        return byDisk.get(disk).consistent;
    }

    /// The bitmap of what was written after `from` up to `to`, the first block in the highest bit of the first byte.
    ///
    /// @throws XapiFailure `SR_BACKEND_FAILURE_460` if no chain leads from one to the other, `_459` if a log on the way
    ///                     cannot be trusted or the disk shrank
    byte[] changedBlocks(String from, String to, List<Integer> hidden) {
        if (from.equals(to) || !tracks(from) || !tracks(to)) {
            throw XapiFailure.storage(CALCULATION_FAILED,
                    "Failed to calculate changed blocks for given VDIs. Source and target VDI are not related");
        }
        var changed = new BitSet();
        String at = from;
        while (!at.equals(to)) {
            at = byDisk.get(at).child;
            if (at == null || !tracks(at)) {
                throw XapiFailure.storage(CALCULATION_FAILED,
                        "Failed to calculate changed blocks for given VDIs. Source and target VDI are not related");
            }
            requireConsistent(at);
            changed.or(byDisk.get(at).blocks);
        }
        long size = byDisk.get(to).size;
        if (byDisk.get(from).size > size) {
            throw XapiFailure.storage(INCONSISTENT, "Changed blocks bitmap is smaller than the older one");
        }
        hidden.forEach(changed::clear);
        return bitmap(changed, size);
    }

    private void requireConsistent(String disk) {
        if (!isConsistent(disk)) {
            throw XapiFailure.storage(INCONSISTENT, "Changed block tracking log is in inconsistent state");
        }
    }

    private static byte[] bitmap(BitSet changed, long size) {
        long blocks = Math.ceilDiv(size, (long) ChangeLog.BLOCK);
        var bitmap = new byte[(int) Math.ceilDiv(blocks, 8L)];
        changed.stream().filter(block -> block < blocks)
                .forEach(block -> bitmap[block >> 3] |= (byte) (0x80 >> (block & 7)));
        return bitmap;
    }
}
