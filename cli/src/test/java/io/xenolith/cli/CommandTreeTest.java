package io.xenolith.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Command;

class CommandTreeTest {

    private static final CommandLine.IFactory FACTORY = new Cli.Commands(Invocation.of(new Surroundings(
            InputStream.nullInputStream(), new ByteArrayOutputStream(), new PrintStream(new ByteArrayOutputStream()), Map.of(),
            Terminal.NONE), new GlobalOptions()));
    private static final CommandLine WHOLE = CommandTree.ROOT.whole(FACTORY);

    @TestFactory
    List<DynamicTest> eachCommandIsCalledAsItSaysItself() {
        return CommandTree.ROOT.below().stream().map(command -> DynamicTest.dynamicTest(command.name(), () ->
                assertEquals(command.type().getAnnotation(Command.class).name(), command.name()))).toList();
    }

    @Test
    void aCommandLineHoldsTheCommandsThatItsArgumentsName() {
        assertEquals(Set.of("list"), CommandTree.ROOT.named(FACTORY, List.of("-r", "repo", "list")).getSubcommands().keySet());
    }

    @Test
    void anArgumentThatIsCalledLikeACommandDoesNotHideTheCommand() {
        var line = CommandTree.ROOT.named(FACTORY, List.of("-r", "show", "backup", "image", "--vm", "vm"));
        assertEquals(Set.of("show", "backup", "vm"), line.getSubcommands().keySet());
        assertEquals(Set.of("image", "vm"), line.getSubcommands().get("backup").getSubcommands().keySet());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "lost", "help list", "list --help", "list -h", "list -vh", "list @options"})
    void whoeverNamesNoCommandOrAsksForHelpSeesAll(String args) {
        var line = CommandTree.ROOT.named(FACTORY, List.of(args.split(" ")));
        assertEquals(WHOLE.getSubcommands().keySet(), line.getSubcommands().keySet());
        assertEquals(WHOLE.getUsageMessage(), line.getUsageMessage());
    }

    @Test
    void aGroupWhoseCommandIsNotNamedHoldsAllOfThem() {
        var backup = CommandTree.ROOT.named(FACTORY, List.of("backup")).getSubcommands().get("backup");
        assertEquals(WHOLE.getSubcommands().get("backup").getSubcommands().keySet(), backup.getSubcommands().keySet());
    }
}
