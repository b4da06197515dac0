package io.xenolith.sim.pool;

import java.util.BitSet;

/// The blocks of 64 KiB written to one disk between two snapshots, and the disks before and after it in the chain.
final class ChangeLog {
    static final int BLOCK = 64 << 10;

    final BitSet blocks = new BitSet();
    String parent;
    String child;
    boolean consistent = true;
    long size;

    ChangeLog(String parent, long size) {
        this.parent = parent;
        this.size = size;
    }

    void mark(long offset, long length) {
        if (length > 0) {
            blocks.set((int) (offset / BLOCK), (int) ((offset + length - 1) / BLOCK) + 1);
        }
    }
}
