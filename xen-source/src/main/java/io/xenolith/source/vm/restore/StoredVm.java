package io.xenolith.source.vm.restore;

import io.xenolith.source.vm.description.VmDescription;
import java.util.List;
import java.util.Optional;

/// A machine of a restore point, as a restore reads it.
public interface StoredVm {

    String name();

    /// Of the machine, not of a snapshot of it; nothing if it was no VM of a pool.
    Optional<String> uuid();

    /// Whether it was a template.
    boolean template();

    Optional<VmDescription> description();

    Optional<byte[]> ovaXml();

    /// In the order of their positions.
    List<StoredDisk> disks();
}
