/// The pool's objects: a schema of classes and fields, and a database of rows that knows what changed when. Calls, events
/// and stream handlers are written against rows, so a field exists everywhere once the schema lists it.
package io.xenolith.sim.model;
