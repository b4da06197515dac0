package io.xenolith.nbd.client;

import java.io.IOException;

/// Something with an NBD server went wrong; each subclass is one decision for the caller. No message contains a whole export
/// name.
public sealed class NbdException extends IOException
        permits NbdRefusedException, NbdTlsException, NbdConnectionException, NbdRequestException,
                NbdExportChangedException, NbdClosedException {

    NbdException(String message, Throwable cause) {
        super(message, cause);
    }
}
