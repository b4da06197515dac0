package io.xenolith.nbd.client;

import io.xenolith.nbd.protocol.BlockSizes;
import io.xenolith.nbd.protocol.TransmissionFlags;
import java.util.Set;

/// An export as its server describes it.
///
/// @param size        in bytes, any number from 0 on
/// @param blockSizes  the server's constraints, or [BlockSizes#UNSAID]; a client's caller need not care
/// @param description text for people, may be empty
/// @param contexts    names of the metadata contexts that can be asked for
/// @param connections how many the client uses
public record NbdExport(long size, TransmissionFlags flags, BlockSizes blockSizes, String description, Set<String> contexts,
                        int connections) {}
