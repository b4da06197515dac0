package io.xenolith.nbd.server;

import io.xenolith.nbd.protocol.ExportName;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.Optional;

/// The export that a client talked about last. It stays open, because a client asks for information, contexts and
/// transmission of the same export, one after the other, and opening may be costly. One task at a time uses this.
final class OpenExport {
    private static final System.Logger LOG = System.getLogger(OpenExport.class.getName());

    private final Exports exports;
    private ExportName name;
    private Export export;

    OpenExport(Exports exports) {
        this.exports = exports;
    }

    Optional<Export> named(ExportName wanted) throws IOException {
        if (export == null || !wanted.equals(name)) {
            close();
            export = exports.open(wanted.value()).orElse(null);
            name = wanted;
        }
        return Optional.ofNullable(export);
    }

    /// Closes what is open. That an export fails to close is of no interest to its client, who is gone.
    void close() {
        if (export == null) {
            return;
        }
        var closing = export;
        export = null;
        try {
            closing.close();
        } catch (IOException | RuntimeException e) {
            LOG.log(Level.WARNING, "export " + name + " was not closed properly", e);
        }
    }
}
