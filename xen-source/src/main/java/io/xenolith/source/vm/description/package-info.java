/// What a restore point keeps of a VM beside its disks, and what a pool is told to make it again.
///
/// | kept as   | made by                     | read by                                                            |
/// |-----------|-----------------------------|--------------------------------------------------------------------|
/// | `vm.json` | the pool's records          | [io.xenolith.source.vm.description.VmDescription]                  |
/// | `ova.xml` | `/export_metadata`, an XVA  | the pool, after [io.xenolith.source.vm.description.OvaEdit]        |
///
/// The records say what the VM's storage and networks are called, so that others can take their place. Only the
/// `ova.xml` has the content of a virtual TPM.
package io.xenolith.source.vm.description;
