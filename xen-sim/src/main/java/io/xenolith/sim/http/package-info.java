/// A host's HTTPS port, with the limits and manners of the real one: bounded headers, no chunked bodies, answers that end
/// with the connection.
package io.xenolith.sim.http;
