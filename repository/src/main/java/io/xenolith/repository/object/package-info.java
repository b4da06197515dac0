/// Small objects (the configuration, restore points, index segments, records of verification and damage) and the
/// protection that they and packs share.
package io.xenolith.repository.object;
