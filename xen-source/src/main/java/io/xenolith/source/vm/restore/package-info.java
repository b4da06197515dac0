/// Brings a VM of a restore point back into a pool.
///
/// ```text
///   StoredVm ──┐
///              ├──▶ Planner ──▶ RestorePlan ──▶ RestoreRun ──▶ RestoreResult
///   request ───┘    asks only                   disks → VM → cards → name → old VM's disks → start
/// ```
/// - **Nothing is written before everything is checked.** The plan names all that stands in the way, at once.
/// - **A VM is made from an `ova.xml`.** The restore point's own, one that follows from its records, or a plain one for
///   disks that came without a VM. So firmware, virtual TPM and whatever newer hosts add come along untouched.
/// - **By disks or as one stream.** By disks, each is filled first and the VM made of them last; disks may go to different
///   storage. As one stream (XVA), the pool makes everything on one storage as it reads.
/// - **Cards are never the import's.** It would look for networks by name only, and make those that it does not find; so
///   cards are left out of it and added with the network and address that were chosen.
/// - **What a failure leaves.** Nothing: whatever is made carries a mark in `other_config` until the restore is whole,
///   and is found and removed by it. A VM that was to be replaced is put back.
package io.xenolith.source.vm.restore;
