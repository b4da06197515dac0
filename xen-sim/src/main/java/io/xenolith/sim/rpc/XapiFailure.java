package io.xenolith.sim.rpc;

import java.util.ArrayList;
import java.util.List;

/// A call's failure as the XenAPI reports it: a code and its parameters. Unchecked, since it is an answer that passes
/// through every layer of the pool unchanged, until the wire writes it.
public final class XapiFailure extends RuntimeException {
    private final transient List<String> description;

    public XapiFailure(String code, String... parameters) {
        this(describe(code, parameters));
    }

    public XapiFailure(List<String> description) {
        super(String.join(" ", description));
        this.description = List.copyOf(description);
    }

    /// What the storage manager reports: the useful text is the second of three parameters.
    public static XapiFailure storage(int number, String text) {
        return new XapiFailure("SR_BACKEND_FAILURE_" + number, "", text + " [opterr=" + text + "]", "");
    }

    private static List<String> describe(String code, String... parameters) {
        var all = new ArrayList<String>();
        all.add(code);
        all.addAll(List.of(parameters));
        return all;
    }

    public String code() {
        return description.getFirst();
    }

    public List<String> parameters() {
        return description.subList(1, description.size());
    }

    /// The code, then the parameters.
    public List<String> description() {
        return description;
    }

    /// The form that hosts put into HTML bodies: `CODE: [ p1; p2 ]`.
    public String asText() {
        return code() + ": [ " + String.join("; ", parameters()) + " ]";
    }
}
