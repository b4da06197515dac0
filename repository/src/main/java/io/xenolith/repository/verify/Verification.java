package io.xenolith.repository.verify;

import java.util.List;

/// What a verification found.
///
/// @param points       restore points whose structure was checked
/// @param packs        packs whose data was read
/// @param bytesChecked bytes of packs that were read and compared
/// @param damaged      what restore points have lost, by VM, point, disk and offset
/// @param others       damage that no restore point suffers from, as sentences: a spare copy, an object of the repository
public record Verification(int points, int packs, long bytesChecked, List<Damage> damaged, List<String> others) {

    /// Whether nothing at all is damaged.
    public boolean ok() {
        return damaged.isEmpty() && others.isEmpty();
    }
}
