/// Disk contents in sparse files, as chains of copy-on-write layers that look like a host's chains of VHD files.
package io.xenolith.sim.disk;
