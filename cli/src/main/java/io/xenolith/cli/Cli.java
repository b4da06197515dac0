package io.xenolith.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.xenolith.engine.codec.Compression;
import io.xenolith.repository.retention.Within;
import java.io.PrintWriter;
import java.lang.reflect.InvocationTargetException;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import picocli.CommandLine;
import picocli.CommandLine.IFactory;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.TypeConversionException;

/// Runs one command in this process. Nothing here ends the process or keeps anything between two runs.
public final class Cli {

    private Cli() {
    }

    /// @return the exit code
    public static int run(Surroundings surroundings, String... args) {
        if (args.length == 1 && (args[0].equals("--version") || args[0].equals("-V"))) {
            return version(surroundings);
        }
        var options = new GlobalOptions();
        var invocation = Invocation.of(surroundings, options);
        try {
            var commands = CommandTree.ROOT.named(new Commands(invocation), List.of(args));
            int exitCode = configured(commands, invocation).execute(args);
            surroundings.err().flush();
            return exitCode;
        } catch (RuntimeException | Error e) {
            return fail(surroundings, options, e);
        }
    }

    /// Without all that the other commands need, which takes half a second to load.
    private static int version(Surroundings surroundings) {
        var out = new PrintWriter(surroundings.out(), true, UTF_8);
        out.println(Version.text());
        return out.checkError() ? ExitCode.FAILED : ExitCode.DONE;
    }

    /// The command line with all commands.
    static CommandLine commandLine(Invocation run) {
        return configured(CommandTree.ROOT.whole(new Commands(run)), run);
    }

    private static CommandLine configured(CommandLine line, Invocation run) {
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.setUsageHelpAutoWidth(false).setUsageHelpWidth(100);
        line.setOut(new PrintWriter(run.surroundings().out(), true, UTF_8));
        line.setErr(new PrintWriter(run.surroundings().err(), true));
        line.registerConverter(Duration.class, converter(TimeSpan::parse));
        line.registerConverter(Compression.class, converter(Compression::parse));
        line.registerConverter(Fraction.class, converter(Fraction::parse));
        line.registerConverter(Within.class, converter(Within::parse));
        line.setParameterExceptionHandler((e, _) -> wrongUsage(run.surroundings(), e));
        line.setExecutionExceptionHandler((e, _, _) -> fail(run.surroundings(), run.options(), e));
        return line;
    }

    private static <T> ITypeConverter<T> converter(Function<String, T> parse) {
        return text -> {
            try {
                return parse.apply(text);
            } catch (IllegalArgumentException | ArithmeticException e) {
                throw new TypeConversionException(e.getMessage());
            }
        };
    }

    private static int wrongUsage(Surroundings surroundings, ParameterException e) {
        var command = e.getCommandLine().getCommandSpec().qualifiedName();
        surroundings.err().println("xenolith: %s; '%s --help' tells more".formatted(e.getMessage(), command));
        return ExitCode.USAGE;
    }

    private static int fail(Surroundings surroundings, GlobalOptions options, Throwable e) {
        var failure = Failure.of(e);
        surroundings.err().println("xenolith: " + failure.sentence());
        if (options.verbose) {
            e.printStackTrace(surroundings.err());
        }
        return failure.exitCode();
    }

    /// Makes commands, with what they work with where they ask for it.
    record Commands(Invocation run) implements IFactory {
        @Override
        public <K> K create(Class<K> type) throws Exception {
            if (type == XenolithCommand.class) {
                return type.cast(new XenolithCommand(run.options()));
            }
            if (Subcommand.class.isAssignableFrom(type)) {
                try {
                    return type.getDeclaredConstructor(Invocation.class).newInstance(run);
                } catch (InvocationTargetException e) {
                    throw e.getCause() instanceof RuntimeException cause ? cause : e;
                }
            }
            return CommandLine.defaultFactory().create(type);
        }
    }
}
