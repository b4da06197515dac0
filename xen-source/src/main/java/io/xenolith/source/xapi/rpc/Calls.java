package io.xenolith.source.xapi.rpc;

import java.io.IOException;

/// Remote calls within a session. Safe for use by several threads. Arguments are `String`, `Long`, `Integer`,
/// `Boolean`, `Double`, `Instant`, lists and maps of these, or anything whose `toString` is what goes on the wire and
/// that says so by being a [WireText].
public interface Calls {

    /// Asks for something, or does what may be done twice: when the session has ended or the connection broke, it is
    /// done once more, in a new session and at another host if need be.
    ///
    /// @throws io.xenolith.source.xapi.error.XapiException if the host refuses
    /// @throws MalformedAnswerException if it answers with nonsense
    Value ask(String method, Object... arguments) throws IOException, InterruptedException;

    /// Does what may not be done twice. After a broken connection nobody knows whether it was done.
    ///
    /// @throws io.xenolith.source.xapi.error.XapiException if the host refuses
    /// @throws MalformedAnswerException if it answers with nonsense
    Value tell(String method, Object... arguments) throws IOException, InterruptedException;
}
