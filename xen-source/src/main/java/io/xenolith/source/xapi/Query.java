package io.xenolith.source.xapi;

import io.xenolith.source.xapi.rpc.WireText;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

/// A path with its parameters, encoded.
final class Query {
    private final StringBuilder text;
    private boolean first = true;

    Query(String path) {
        text = new StringBuilder(path);
    }

    private Query(Query original) {
        text = new StringBuilder(original.text);
        first = original.first;
    }

    /// This with one more parameter.
    Query with(String name, String value) {
        var longer = new Query(this);
        // the name of a mapped disk keeps its colon, which needs no escape: a head is short of room
        longer.text.append(first ? '?' : '&').append(encoded(name).replace("%3A", ":")).append('=')
                .append(encoded(value));
        longer.first = false;
        return longer;
    }

    Query with(String name, WireText value) {
        return with(name, value.onTheWire());
    }

    /// @param flag hosts fail on anything but `true` and `false`
    Query with(String name, boolean flag) {
        return with(name, Boolean.toString(flag));
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /// What goes on the wire; with a session in it, not for messages.
    String target() {
        return text.toString();
    }
}
