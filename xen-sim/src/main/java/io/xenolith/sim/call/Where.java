package io.xenolith.sim.call;

import io.xenolith.sim.model.Row;
import io.xenolith.sim.rpc.XapiFailure;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/// The little language of `get_all_records_where`: `field "name"="value"`, `not`, `and`, `or`, parentheses, `true`, `false`.
final class Where {
    private static final Pattern TOKEN = Pattern.compile("\\s*(\"(?:[^\"\\\\]|\\\\.)*\"|[()=]|\\w+)");

    private final List<String> tokens = new ArrayList<>();
    private final String expression;
    private int next = 0;

    private Where(String expression) {
        this.expression = expression;
        var matcher = TOKEN.matcher(expression);
        int end = 0;
        while (matcher.lookingAt()) {
            tokens.add(matcher.group(1));
            end = matcher.end();
            matcher.region(end, expression.length());
        }
        if (!expression.substring(end).isBlank()) {
            throw unreadable();
        }
    }

    /// @throws XapiFailure `INTERNAL_ERROR` if `expression` is none
    static Predicate<Row> parse(String expression) {
        var where = new Where(expression);
        var predicate = where.either();
        if (where.next != where.tokens.size()) {
            throw where.unreadable();
        }
        return predicate;
    }

    private Predicate<Row> either() {
        var left = both();
        while (takes("or")) {
            left = left.or(both());
        }
        return left;
    }

    private Predicate<Row> both() {
        var left = term();
        while (takes("and")) {
            left = left.and(term());
        }
        return left;
    }

    private Predicate<Row> term() {
        if (takes("not")) {
            return term().negate();
        }
        if (takes("(")) {
            var inner = either();
            require(")");
            return inner;
        }
        if (takes("true") || takes("false")) {
            boolean value = tokens.get(next - 1).equals("true");
            return _ -> value;
        }
        require("field");
        var field = quoted();
        require("=");
        var value = quoted();
        return row -> row.has(field) && String.valueOf(row.get(field)).equals(value);
    }

    private String quoted() {
        if (next == tokens.size() || !tokens.get(next).startsWith("\"")) {
            throw unreadable();
        }
        var token = tokens.get(next++);
        return token.substring(1, token.length() - 1).replaceAll("\\\\(.)", "$1");
    }

    private boolean takes(String token) {
        boolean there = next < tokens.size() && tokens.get(next).equals(token);
        next += there ? 1 : 0;
        return there;
    }

    private void require(String token) {
        if (!takes(token)) {
            throw unreadable();
        }
    }

    private XapiFailure unreadable() {
        return new XapiFailure("INTERNAL_ERROR", "Db_filter: cannot parse expression: " + expression);
    }
}
