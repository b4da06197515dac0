package io.xenolith.bench.result;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/// Where and when something was measured. What a system does not tell is called "unknown", 0, or none.
///
/// @param cpu        the processor's model
/// @param flags      which of its instructions matter here it has
/// @param memoryMib  of the machine
/// @param kernel     its name and version
/// @param jdk        version and vendor
/// @param date       when the measurement began, ISO 8601
/// @param loadBefore one minute's load average when it began, and
/// @param loadAfter  when it ended, itself included
/// @param commit     as `git describe --always --dirty` says
public record Machine(String cpu, int cores, long memoryMib, List<String> flags, String kernel, String jdk, String date,
        double loadBefore, double loadAfter, String commit) {

    private static final List<String> RELEVANT =
            List.of("aes", "pclmulqdq", "sha_ni", "vaes", "vpclmulqdq", "avx2", "avx512f", "sha1", "sha2", "pmull", "sve");

    /// This machine, now.
    public static Machine observe() {
        var cpu = lines(Path.of("/proc/cpuinfo"));
        var flags = Set.copyOf(List.of(field(cpu, "flags", field(cpu, "Features", "")).split(" "))); // the second on ARM
        var memory = field(lines(Path.of("/proc/meminfo")), "MemTotal", "0 kB").replaceAll("\\D", "");
        double load = load();
        return new Machine(field(cpu, "model name", "unknown"), Runtime.getRuntime().availableProcessors(),
                Long.parseLong(memory) >> 10, RELEVANT.stream().filter(flags::contains).toList(),
                System.getProperty("os.name") + " " + System.getProperty("os.version").replaceAll("[^0-9.].*", ""),
                System.getProperty("java.runtime.version") + " " + System.getProperty("java.vendor"),
                Instant.now().truncatedTo(ChronoUnit.SECONDS).toString(), load, load, describeCommit());
    }

    /// The same, with the load as it is now as the load afterwards.
    public Machine afterwards() {
        return new Machine(cpu, cores, memoryMib, flags, kernel, jdk, date, loadBefore, load(), commit);
    }

    private static List<String> lines(Path file) {
        try (Stream<String> lines = Files.lines(file)) {
            return lines.toList();
        } catch (IOException _) {
            return List.of();
        }
    }

    private static String field(List<String> lines, String name, String otherwise) {
        return lines.stream().filter(line -> line.startsWith(name)).findFirst()
                .map(line -> line.substring(line.indexOf(':') + 1).strip()).orElse(otherwise);
    }

    private static double load() {
        return Math.max(0, Math.round(ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage() * 100) / 100.0);
    }

    private static String describeCommit() {
        try {
            var git = new ProcessBuilder("git", "describe", "--always", "--dirty").redirectErrorStream(true).start();
            var answer = new String(git.getInputStream().readAllBytes()).strip();
            return git.waitFor() == 0 ? answer : "unknown";
        } catch (IOException _) {
            return "unknown";
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return "unknown";
        }
    }
}
