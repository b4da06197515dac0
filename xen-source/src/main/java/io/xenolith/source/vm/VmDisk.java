package io.xenolith.source.vm;

import io.xenolith.source.xapi.records.Sr;
import io.xenolith.source.xapi.records.Vbd;
import io.xenolith.source.xapi.records.Vdi;

/// A disk of a machine that is backed up.
///
/// @param name what the restore point calls it: the device of the guest, such as `xvda`
/// @param vbd  where it is attached
/// @param vdi  the disk itself
/// @param sr   where it lies
record VmDisk(String name, Vbd vbd, Vdi vdi, Sr sr) {
}
