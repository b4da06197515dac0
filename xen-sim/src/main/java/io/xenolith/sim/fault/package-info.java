/// What can be made to go wrong in a pool, and when.
package io.xenolith.sim.fault;
