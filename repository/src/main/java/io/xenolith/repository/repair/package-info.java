/// Repairing: making the index anew, and marking what is damaged so that the next backup stores it again. Nothing is
/// ever deleted here.
package io.xenolith.repository.repair;
