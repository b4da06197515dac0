/// The pool's state and rules that more than one call needs: sessions, tasks, storage, change logs, attachments.
package io.xenolith.sim.pool;
