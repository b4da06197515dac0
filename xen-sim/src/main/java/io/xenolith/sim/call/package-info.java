/// The calls of the management API. A method is a name, typed parameters, the least role, and a body that works on rows.
package io.xenolith.sim.call;
