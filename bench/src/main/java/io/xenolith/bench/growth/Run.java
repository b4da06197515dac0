package io.xenolith.bench.growth;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// Where a simulation runs, and how far it is to go.
///
/// @param folder  exists and is empty
/// @param options what the user set otherwise than by default, by name
record Run(Path folder, Map<String, String> options) {

    /// The run's parts of an argument list: those of the form `name=value`.
    ///
    /// @throws IllegalArgumentException if one is given twice
    static Map<String, String> options(List<String> arguments) {
        var options = new HashMap<String, String>();
        for (var argument : arguments) {
            int equals = argument.indexOf('=');
            if (equals > 0 && options.put(argument.substring(0, equals), argument.substring(equals + 1)) != null) {
                throw new IllegalArgumentException("two values of " + argument.substring(0, equals));
            }
        }
        return options;
    }

    /// A number, with K, M or G behind it for thousands, millions and thousands of millions.
    long number(String name, String otherwise) {
        return parse(name, options.getOrDefault(name, otherwise));
    }

    /// Numbers with commas between them.
    List<Long> numbers(String name, String otherwise) {
        return Stream.of(options.getOrDefault(name, otherwise).split(",")).map(each -> parse(name, each)).toList();
    }

    /// Whether the command is run, which has to be built first; `NAME.commands=no` leaves it out.
    boolean commands(String simulation) {
        return !options.getOrDefault(simulation + ".commands", "yes").equals("no");
    }

    private static long parse(String name, String value) {
        int unit = "KMG".indexOf(value.charAt(value.length() - 1));
        try {
            return unit < 0 ? Long.parseLong(value)
                    : Math.round(Double.parseDouble(value.substring(0, value.length() - 1)) * Math.pow(1000, unit + 1));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("%s=%s is no number such as 200, 64K or 1.5M".formatted(name, value), e);
        }
    }

    /// Bytes of all files in `folder`.
    static long bytesIn(Path folder) throws IOException {
        try (var files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile).mapToLong(Run::size).sum();
        }
    }

    private static long size(Path file) {
        try {
            return Files.size(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Removes `folder` and what is in it.
    static void remove(Path folder) throws IOException {
        try (var files = Files.walk(folder)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
