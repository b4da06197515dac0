package io.xenolith.source.vm;

import io.xenolith.engine.chunk.ChunkId;
import io.xenolith.engine.disk.Extents;
import io.xenolith.source.xapi.records.Ref;
import io.xenolith.source.xapi.records.Vdi;

/// A way to read a disk of a snapshot.
sealed interface Way {

    /// For messages.
    String words();

    /// Whether all of the disk is read.
    default boolean whole() {
        return false;
    }

    /// Blocks that are known to have changed since a base, over NBD.
    record ChangedOverNbd(ChunkId base, Extents changed) implements Way {
        @Override
        public String words() {
            return "changed blocks over NBD";
        }
    }

    /// What the host finds to differ from a base that it still has, as a differencing VHD.
    record VhdSince(ChunkId base, Ref<Vdi> baseDisk) implements Way {
        @Override
        public String words() {
            return "a differencing VHD";
        }
    }

    /// All of it, over NBD.
    record WholeOverNbd() implements Way {
        @Override
        public String words() {
            return "NBD";
        }

        @Override
        public boolean whole() {
            return true;
        }
    }

    /// All of it, as a VHD, which leaves out what was never written.
    record WholeVhd() implements Way {
        @Override
        public String words() {
            return "a VHD";
        }

        @Override
        public boolean whole() {
            return true;
        }
    }

    /// All of it, as it is.
    record WholeRaw() implements Way {
        @Override
        public String words() {
            return "a raw export";
        }

        @Override
        public boolean whole() {
            return true;
        }
    }
}
