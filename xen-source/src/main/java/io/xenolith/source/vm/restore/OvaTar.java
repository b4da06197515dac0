package io.xenolith.source.vm.restore;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/// An archive of an `ova.xml` and nothing else, as `/export_metadata` sends and `/import_metadata` takes it.
final class OvaTar {

    private OvaTar() {
    }

    static byte[] of(byte[] ovaXml) throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var tar = new TarArchiveOutputStream(bytes)) {
            var entry = new TarArchiveEntry("ova.xml");
            entry.setSize(ovaXml.length);
            tar.putArchiveEntry(entry);
            tar.write(ovaXml);
            tar.closeArchiveEntry();
        }
        return bytes.toByteArray();
    }
}
