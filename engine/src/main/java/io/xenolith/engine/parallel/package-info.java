/// Threads that begin and end within one call.
package io.xenolith.engine.parallel;
