package io.xenolith.nbd.server;

import io.xenolith.nbd.protocol.ExportName;
import java.util.List;

/// What client and server have agreed on so far. All of it is forgotten when TLS begins: before, anybody could have
/// spoken for the client.
///
/// @param contexts     the selected metadata contexts; a context's id is its index
/// @param contextsName the export they were selected for, and count for
record Terms(ReplyForm form, List<String> contexts, ExportName contextsName) {
    static final Terms NONE = new Terms(ReplyForm.SIMPLE, List.of(), ExportName.DEFAULT);

    Terms with(ReplyForm form) {
        return new Terms(form, contexts, contextsName);
    }

    Terms with(List<String> contexts, ExportName name) {
        return new Terms(form, List.copyOf(contexts), name);
    }

    /// The terms on which the export of that name is served.
    Terms on(ExportName name) {
        return contextsName.equals(name) ? this : with(List.of(), name);
    }
}
