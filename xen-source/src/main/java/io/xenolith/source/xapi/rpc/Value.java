package io.xenolith.source.xapi.rpc;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// One value of an answer, whose type its reader knows better than the wire. Whole numbers come as text or as numbers,
/// so both are taken for both.
///
/// @param plain a `String`, `Long`, `Boolean`, `Double`, `Instant`, `List` or `Map` of these
/// @param where the call and field that it comes from, for messages
public record Value(Object plain, String where) {

    /// Reads the text form in which a task keeps its result; the empty text is the empty string.
    public static Value ofResult(String result, String where) throws MalformedAnswerException {
        return new Value(result.isBlank() ? "" : XmlRpcReader.value(result, where), where);
    }

    public String text() throws MalformedAnswerException {
        return switch (plain) {
            case String text -> text;
            case Long number -> number.toString();
            default -> throw expected("a text");
        };
    }

    public long number() throws MalformedAnswerException {
        try {
            return switch (plain) {
                case Long number -> number;
                case String text -> Long.parseLong(text.strip());
                default -> throw expected("a whole number");
            };
        } catch (NumberFormatException e) {
            throw expected("a whole number");
        }
    }

    public boolean flag() throws MalformedAnswerException {
        return switch (plain) {
            case Boolean flag -> flag;
            case String text when text.equals("true") || text.equals("1") -> true;
            case String text when text.equals("false") || text.equals("0") -> false;
            default -> throw expected("true or false");
        };
    }

    public double real() throws MalformedAnswerException {
        try {
            return switch (plain) {
                case Double real -> real;
                case Long number -> number;
                case String text -> Double.parseDouble(text.strip());
                default -> throw expected("a number");
            };
        } catch (NumberFormatException e) {
            throw expected("a number");
        }
    }

    public Instant time() throws MalformedAnswerException {
        Optional<Instant> time = switch (plain) {
            case Instant instant -> Optional.of(instant);
            case String text -> WireTime.parse(text);
            default -> Optional.empty();
        };
        return time.orElseThrow(() -> expected("a time"));
    }

    public List<Value> list() throws MalformedAnswerException {
        if (!(plain instanceof List<?> items)) {
            throw expected("a list");
        }
        return items.stream().map(item -> new Value(item, where)).toList();
    }

    public List<String> texts() throws MalformedAnswerException {
        var texts = new ArrayList<String>();
        for (var item : list()) {
            texts.add(item.text());
        }
        return List.copyOf(texts);
    }

    /// The members by name, in the order sent.
    public Map<String, Value> members() throws MalformedAnswerException {
        if (!(plain instanceof Map<?, ?> fields)) {
            throw expected("a struct");
        }
        var members = new LinkedHashMap<String, Value>();
        fields.forEach((name, value) -> members.put(name.toString(), new Value(value, where + "." + name)));
        return members;
    }

    private MalformedAnswerException expected(String what) {
        return new MalformedAnswerException(where, "expected %s, found a %s"
                .formatted(what, plain.getClass().getSimpleName()));
    }
}
