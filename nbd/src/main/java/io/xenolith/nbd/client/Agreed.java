package io.xenolith.nbd.client;

import io.xenolith.nbd.protocol.BlockSizes;
import io.xenolith.nbd.protocol.TransmissionFlags;
import java.util.Map;

/// What one connection's negotiation came to.
///
/// @param sizes    the export's constraints, or null if the server did not say
/// @param contexts ids of the selected contexts by their names
record Agreed(long size, TransmissionFlags flags, BlockSizes sizes, String description, Map<String, Integer> contexts,
              Replies replies) {
    /// Where nothing is said; some servers insist on whole sectors of their disk, and no sector is longer.
    private static final int ALIGNMENT_UNSAID = 4096;

    /// The form of the server's replies.
    enum Replies { SIMPLE, STRUCTURED, EXTENDED }

    /// Offsets and lengths are multiples of this many bytes, or reach to the export's end.
    int alignment() {
        return sizes == null ? ALIGNMENT_UNSAID : (int) sizes.minimum();
    }
}
