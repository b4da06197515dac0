package io.xenolith.nbd.server;

import java.io.IOException;
import java.util.List;
import java.util.Optional;

/// What a server offers. Called from several threads at once; calls may block.
public interface Exports {

    /// The exports a client is told about when it asks. An export need not be listed to be opened.
    List<ExportListing> list() throws IOException;

    /// Opens the export of that name for one connection, which closes it. The empty name asks for the default export.
    /// Names come from the network: up to 4096 bytes of UTF-8, nothing else is known about them.
    ///
    /// What is opened under one name at one time is one disk: a read that begins after a write was answered sees it,
    /// and [WritableExport#flush()] of one covers the answered writes of all. Clients are told that they may spread
    /// their requests over connections.
    ///
    /// @return empty if there is no such export
    /// @throws IOException if there is one and it cannot be opened; its message is sent to the client
    Optional<Export> open(String name) throws IOException;
}
