package io.xenolith.source.qcow2;

import java.io.IOException;

/// An image is damaged, or uses a part of the format that is not read here. Reading it again does not help.
public final class Qcow2Exception extends IOException {

    private Qcow2Exception(String message, Throwable cause) {
        super(message, cause);
    }

    static Qcow2Exception damaged(String image, long offset, String finding) {
        return damaged(image, offset, finding, null);
    }

    static Qcow2Exception damaged(String image, long offset, String finding, Throwable cause) {
        return new Qcow2Exception(("qcow2 image %s, byte %d: %s; 'qemu-img check' may tell more. Take another copy of"
                + " the image").formatted(image, offset, finding), cause);
    }

    static Qcow2Exception unsupported(String image, String finding) {
        return new Qcow2Exception("qcow2 image %s %s; 'qemu-img convert -O qcow2' makes an image of it that is read here"
                .formatted(image, finding), null);
    }

    static Qcow2Exception needs(String image, String finding) {
        return new Qcow2Exception("qcow2 image %s %s".formatted(image, finding), null);
    }
}
