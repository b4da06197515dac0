package io.xenolith.source.vhd;

import java.util.List;
import java.util.Objects;

/// What a differencing VHD says of the disk that it is laid over. It is no proof: hosts name a file on their storage
/// that nobody else has, and others leave it all empty.
///
/// @param identity the parent's id and the time it was last written; an id of all zeros is a raw parent's, or unknown
/// @param names    the parent's name as the image has it, in every form: `base.vhd`, `.\base.vhd`, `file://./base.vhd`,
///                 or a host's path; may be empty
public record VhdParent(VhdIdentity identity, List<String> names) {

    public VhdParent {
        Objects.requireNonNull(identity);
        names = List.copyOf(names);
    }
}
