package io.xenolith.source.vm.description;

import java.io.IOException;

/// The description of a VM in a restore point cannot be understood. Reading it again does not help; its disks are not
/// concerned, and can be restored without it.
public final class VmDescriptionException extends IOException {

    VmDescriptionException(String finding) {
        super(finding);
    }

    VmDescriptionException(String finding, Throwable cause) {
        super(finding, cause);
    }
}
