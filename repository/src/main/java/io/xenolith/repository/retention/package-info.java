/// Retention: which restore points of a machine are kept and which may go. Pure decisions: nothing here reads or deletes.
package io.xenolith.repository.retention;
