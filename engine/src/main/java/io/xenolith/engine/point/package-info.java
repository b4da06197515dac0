/// Restore points: the recoverable moments of machines.
package io.xenolith.engine.point;
