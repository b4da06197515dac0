package io.xenolith.source.xapi.rpc;

import java.io.IOException;

/// A host answered with something that is not an answer. Whether the call was carried out is not known.
public final class MalformedAnswerException extends IOException {

    public MalformedAnswerException(String where, String finding) {
        this(where, finding, null);
    }

    MalformedAnswerException(String where, String finding, Throwable cause) {
        super("the answer cannot be understood, %s: %s; check that this is a XenServer or XCP-ng host"
                .formatted(where, finding), cause);
    }
}
