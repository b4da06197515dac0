package io.xenolith.sim.fault;

import java.util.Arrays;
import java.util.List;

/// Something that goes wrong on order. As text, one fault a line:
///
/// ```text
///   fail  METHOD TIMES CODE [PARAMETER …]    the next TIMES calls of METHOD fail; "" is an empty parameter, $0 $1 … are
///                                            the call's own arguments without the session
///   pass  METHOD TIMES                       the next TIMES calls of METHOD are spared the faults ordered for it
///   stall METHOD TIMES MILLIS                the next TIMES calls of METHOD wait before they do anything
///   drop  PATH TIMES BYTES                   the next TIMES streams of PATH are cut after BYTES bytes of body
///   hide  VDI-UUID BLOCK                     changed block BLOCK of that disk is never reported
/// ```
public sealed interface Fault {

    record FailCall(String method, List<String> description) implements Fault {}

    record PassCall(String method) implements Fault {}

    record StallCall(String method, long millis) implements Fault {}

    record DropStream(String path, long bytes) implements Fault {}

    record HideChange(String vdi, int block) implements Fault {}

    /// A fault and how often it happens.
    record Order(Fault fault, int times) {}

    /// @throws IllegalArgumentException if `line` has none of the forms above
    static Order parse(String line) {
        var words = line.strip().split("\\s+");
        try {
            return switch (words[0]) {
                case "fail" -> new Order(new FailCall(words[1], parameters(words)), Integer.parseInt(words[2]));
                case "pass" -> new Order(new PassCall(words[1]), Integer.parseInt(words[2]));
                case "stall" -> new Order(new StallCall(words[1], Long.parseLong(words[3])), Integer.parseInt(words[2]));
                case "drop" -> new Order(new DropStream(words[1], Long.parseLong(words[3])), Integer.parseInt(words[2]));
                case "hide" -> new Order(new HideChange(words[1], Integer.parseInt(words[2])), Integer.MAX_VALUE);
                default -> throw new IllegalArgumentException("no fault begins with '%s': %s".formatted(words[0], line));
            };
        } catch (ArrayIndexOutOfBoundsException | NumberFormatException e) {
            throw new IllegalArgumentException("not a fault: " + line, e);
        }
    }

    private static List<String> parameters(String[] words) {
        return Arrays.stream(words, 3, words.length).map(word -> word.equals("\"\"") ? "" : word).toList();
    }
}
