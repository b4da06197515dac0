/// The NBD server of a host, with the habits of xapi-nbd.
package io.xenolith.sim.nbd;
