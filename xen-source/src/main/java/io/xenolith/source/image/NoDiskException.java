package io.xenolith.source.image;

import java.io.IOException;

/// Something is given as the image of a disk and looks like something else. Nothing of it was used.
public final class NoDiskException extends IOException {

    NoDiskException(String name, ImageFormat found) {
        super("%s looks like %s, which is not read as the image of a disk; %s".formatted(name, found.words(), advice(found)));
    }

    private static String advice(ImageFormat found) {
        return switch (found) {
            case XVA, GZIP, ZSTD -> "if it is an XVA, back it up by 'backup xva'; if it is a raw disk, say --format raw";
            case HTTP_ANSWER -> "look into the log of the host for why it could not send the image";
            case RAW, VHD_DYNAMIC, VHD_DIFFERENCING, VHD_FIXED, QCOW2, VDI_TAR -> "if it is a raw disk, say --format raw";
        };
    }
}
