/// A simulated pool in one process, for tests and for trying things out without a hypervisor.
package io.xenolith.sim;
