package io.xenolith.source.xapi.http;

import io.xenolith.source.xapi.error.XapiException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/// A host refused a request with a status of HTTP, and without a code of its own.
public final class HttpStatusException extends IOException {
    // The page of a refusal quotes the failure as `CODE: [ first; second ]`.
    private static final Pattern QUOTED_CODE = Pattern.compile("\\b([A-Z][A-Z0-9]*_[A-Z0-9_]+): \\[([^\\]]{0,2000})]");

    private final int status;

    private HttpStatusException(String what, HostAddress host, int status) {
        super("%s: %s answered with HTTP status %d; %s".formatted(what, host, status, nextStep(status)));
        this.status = status;
    }

    public int status() {
        return status;
    }

    /// What a refusal means.
    ///
    /// @param what was asked for; neither query nor session, for it is shown
    /// @param page the body of the answer, or its beginning
    /// @return a [XapiException] if the page names a code or the status stands for one
    public static IOException of(String what, HostAddress host, int status, String page) {
        var quoted = QUOTED_CODE.matcher(page);
        if (quoted.find()) {
            var description = new ArrayList<>(List.of(quoted.group(1)));
            for (var parameter : quoted.group(2).split(";")) {
                description.add(parameter.strip());
            }
            return XapiException.of(what, description);
        }
        return status == 401 ? XapiException.of(what, List.of("SESSION_INVALID"))
                : new HttpStatusException(what, host, status);
    }

    private static String nextStep(int status) {
        return switch (status) {
            case 403 -> "the account's role may not allow it, backups and restores need vm-power-admin";
            case 404 -> "this version does not know the path or the format";
            case 408, 429, 503 -> "the host has too much to do, try again later";
            case 431 -> "the host finds the request too long";
            case 301, 302, 303, 307, 308 -> "hosts send each other this request in a circle";
            default -> "the host's xensource.log says why";
        };
    }
}
