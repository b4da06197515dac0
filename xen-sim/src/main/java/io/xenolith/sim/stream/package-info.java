/// The streaming requests: whole VMs as XVA, single disks as raw, VHD or tar, in both directions, and the pool's database.
package io.xenolith.sim.stream;
