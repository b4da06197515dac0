package io.xenolith.bench.docs;

import io.xenolith.bench.result.Machine;
import java.util.Locale;

/// How figures are written for people: to three digits, since the others are noise.
final class Figures {

    private static final int LINE = 125;

    private Figures() {
    }

    static String number(double value) {
        if (value == 0) {
            return "0";
        }
        int digits = Math.clamp((long) (2 - Math.floor(Math.log10(Math.abs(value)))), 0, 2);
        return String.format(Locale.ROOT, "%,." + digits + "f", value);
    }

    static String seconds(double value) {
        return number(value) + " s";
    }

    static String mib(double value) {
        return number(value) + " MiB";
    }

    static String ratio(double value) {
        return String.format(Locale.ROOT, value < 10 ? "%.2f" : "%.0f", value);
    }

    /// Sentences about where and when something was measured.
    static String of(Machine machine) {
        var flags = machine.flags().isEmpty() ? "instructions unknown" : String.join(" ", machine.flags());
        return wrapped("Measured on %s at commit `%s`: %s, %d cores (%s), %s GiB of memory, %s, JDK %s. Load average %s to %s."
                .formatted(machine.date().substring(0, 10), machine.commit(), machine.cpu(), machine.cores(), flags,
                        number(machine.memoryMib() / 1024.0), machine.kernel(), machine.jdk(), number(machine.loadBefore()),
                        number(machine.loadAfter())));
    }

    /// A paragraph in lines as the documents have them.
    private static String wrapped(String text) {
        return text.replaceAll("(.{1,%d})( |$)".formatted(LINE), "$1\n");
    }
}
