package io.xenolith.source.xapi.error;

import java.io.IOException;
import java.util.List;

/// A pool's answer that a call failed. The subclass is the decision to take; see the package's page. Carries no session
/// and no password, so that its message may be shown and logged.
public abstract sealed class XapiException extends IOException
        permits BusyException, CancelledException, FaultyCallException, GoneException, NotMasterException,
        RefusedException, SessionLostException, UnavailableException {

    private final String code;
    private final List<String> parameters;

    XapiException(Failure failure, String nextStep) {
        super(failure + ": " + nextStep);
        this.code = failure.code();
        this.parameters = failure.parameters();
    }

    /// Sorts a failure.
    ///
    /// @param call what was asked for, such as `VM.snapshot`
    /// @param description the code and its parameters, as `ErrorDescription` of a reply or `error_info` of a task
    ///     holds them
    public static XapiException of(String call, List<String> description) {
        return ErrorTable.sort(Failure.of(call, description));
    }

    /// The host's code, for example `VDI_IN_USE`.
    public final String code() {
        return code;
    }

    /// What the host said beside the code: object classes, references, texts.
    public final List<String> parameters() {
        return parameters;
    }

    /// True if the code is one of `codes`.
    public final boolean is(String... codes) {
        return List.of(codes).contains(code);
    }
}
