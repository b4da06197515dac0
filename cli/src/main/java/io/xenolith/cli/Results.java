package io.xenolith.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.util.function.Consumer;
import java.util.function.Supplier;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/// Where a command's result goes: to standard output, for people or as one JSON document.
public final class Results {

    private final OutputStream out;
    private final GlobalOptions options;

    public Results(Surroundings surroundings, GlobalOptions options) {
        this.out = surroundings.out();
        this.options = options;
    }

    /// Shows a result.
    ///
    /// @param result its components, and those of the records in it, are the keys of the document
    /// @param text   writes it for people
    public void show(Object result, Consumer<PrintStream> text) throws IOException {
        show(() -> result, text);
    }

    /// Shows a result that is made only where it is asked for, such as one of thousands of restore points.
    public void show(Supplier<?> result, Consumer<PrintStream> text) throws IOException {
        if (options.json) {
            showJson(result.get());
        } else {
            showText(text);
        }
    }

    private void showJson(Object result) throws IOException {
        try (var buffered = new BufferedOutputStream(new StaysOpen(out))) {
            new JsonMapper().writeValue(new StaysOpen(buffered), result);
            buffered.write('\n');
        } catch (JacksonException e) {
            if (e.getCause() instanceof IOException cause) {
                throw failure(cause);
            }
            throw e;
        } catch (IOException e) {
            throw failure(e);
        }
    }

    /// Shows what exists as text only.
    public void showText(Consumer<PrintStream> text) throws IOException {
        var printer = new PrintStream(new BufferedOutputStream(new StaysOpen(out)), false, UTF_8);
        text.accept(printer);
        printer.flush();
        if (printer.checkError()) {
            throw failure(null);
        }
    }

    private static IOException failure(IOException cause) {
        return new IOException("the result could not be written to standard output; the command itself was done", cause);
    }
}
