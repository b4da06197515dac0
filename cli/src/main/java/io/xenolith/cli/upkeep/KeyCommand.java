package io.xenolith.cli.upkeep;

import io.xenolith.cli.ExitCode;
import io.xenolith.cli.Invocation;
import io.xenolith.cli.Passwords;
import io.xenolith.cli.Subcommand;
import io.xenolith.cli.Table;
import io.xenolith.cli.UsageException;
import io.xenolith.engine.crypto.KeySlot;
import io.xenolith.repository.config.RepositoryKeys;
import io.xenolith.repository.lock.LockMode;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// The passwords of an encrypted repository, each of which has a key slot.
@Command(
        name = "key",
        synopsisSubcommandLabel = "list|add|remove|change",
        description = "Manages the passwords of an encrypted repository. Each has a key slot of its own, and any of them opens"
                + " everything.",
        footer = {
            "",
            "Removing a password keeps it from opening the repository; it cannot take back what somebody has copied.",
            "",
            "Examples:",
            "  xenolith -r /backup key list",
            "  xenolith -r /backup key add --label operator --new-password-file operator.txt",
            "  xenolith -r /backup key remove 3f9a",
        },
        subcommands = {KeyCommand.Slots.class, KeyCommand.Add.class, KeyCommand.Remove.class, KeyCommand.Change.class})
public final class KeyCommand implements Runnable {

    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "say list, add, remove or change");
    }

    /// A key slot. Nothing in it is secret.
    ///
    /// @param own whether the password given opened it
    public record Slot(String id, String label, String created, boolean own) {

        static Slot of(KeySlot slot, RepositoryKeys keys) throws IOException {
            return new Slot(slot.id(), slot.label(), slot.created().toString(), slot.equals(keys.ownSlot()));
        }
    }

    /// Where a new password comes from.
    public static final class NewPassword {
        @Option(names = "--new-password-file", paramLabel = "FILE",
                description = "Its first line is the new password. Default: $XENOLITH_NEW_PASSWORD_FILE, then"
                        + " $XENOLITH_NEW_PASSWORD, then a question on the terminal")
        Optional<Path> file = Optional.empty();

        /// Adds a slot for it.
        KeySlot addSlot(Invocation run, RepositoryKeys keys, String label) throws IOException {
            var password = new Passwords(run.surroundings(), file, "XENOLITH_NEW_PASSWORD", "New password", true).password()
                    .orElseThrow(() -> new UsageException("no new password; give it by --new-password-file,"
                            + " XENOLITH_NEW_PASSWORD_FILE or XENOLITH_NEW_PASSWORD"));
            try {
                return keys.addSlot(password, label, Instant.now(), new SecureRandom());
            } catch (IllegalArgumentException e) {
                throw new UsageException(e.getMessage());
            } finally {
                Arrays.fill(password, '\0');
            }
        }
    }

    /// Lists the slots.
    @Command(name = "list", description = "Lists the key slots.")
    public static final class Slots extends Subcommand {

        public Slots(Invocation run) {
            super(run);
        }

        /// What there is.
        record Result(List<Slot> keys) {
        }

        @Override
        public Integer call() throws IOException, InterruptedException {
            try (var open = run.open(LockMode.READ, "key list")) {
                var keys = open.repository().keys();
                keys.ownSlot(); // says so if the repository is not encrypted
                var table = new Table("KEY", "LABEL", "CREATED", "OPENED BY");
                var slots = new ArrayList<Slot>();
                for (var slot : keys.slots()) {
                    slots.add(Slot.of(slot, keys));
                }
                slots.forEach(slot -> table.row(slot.id(), slot.label(), slot.created(),
                        slot.own() ? "this password" : "another one"));
                run.results().show(new Result(slots), table::print);
                return ExitCode.DONE;
            }
        }
    }

    /// Adds a slot.
    @Command(name = "add", description = "Adds another password.")
    public static final class Add extends Subcommand {

        @Option(names = "--label", paramLabel = "TEXT", defaultValue = "", description = "What to call it in the list.")
        String label;

        @Mixin
        private final NewPassword newPassword = new NewPassword();

        public Add(Invocation run) {
            super(run);
        }

        @Override
        public Integer call() throws IOException, InterruptedException {
            try (var open = run.open(LockMode.APPEND, "key add")) {
                var keys = open.repository().keys();
                keys.ownSlot();
                var slot = Slot.of(newPassword.addSlot(run, keys, label), keys);
                run.results().show(slot, out -> out.println("added the key slot " + slot.id()));
                return ExitCode.DONE;
            }
        }
    }

    /// Removes a slot.
    @Command(name = "remove", description = "Removes a password. The last one stays.")
    public static final class Remove extends Subcommand {

        @Parameters(paramLabel = "KEY", description = "The key slot's id, or a unique beginning of it.")
        String reference;

        public Remove(Invocation run) {
            super(run);
        }

        /// What was done.
        record Result(String removed) {
        }

        @Override
        public Integer call() throws IOException, InterruptedException {
            try (var open = run.open(LockMode.EXCLUSIVE, "key remove")) {
                var keys = open.repository().keys();
                keys.ownSlot();
                var slot = find(keys.slots());
                keys.removeSlot(slot);
                run.results().show(new Result(slot.id()), out -> out.println("removed the key slot " + slot.id()));
                return ExitCode.DONE;
            }
        }

        private KeySlot find(List<KeySlot> slots) throws IOException {
            var found = slots.stream().filter(slot -> slot.id().startsWith(reference)).toList();
            if (found.size() != 1) {
                throw new IOException("'%s' names %s key slot; 'xenolith key list' shows what there is"
                        .formatted(reference, found.isEmpty() ? "no" : "more than one"));
            }
            return found.getFirst();
        }
    }

    /// Replaces the slot that the password opened.
    @Command(name = "change", description = "Replaces the password that was given by a new one. Other passwords stay.")
    public static final class Change extends Subcommand {

        @Mixin
        private final NewPassword newPassword = new NewPassword();

        public Change(Invocation run) {
            super(run);
        }

        /// What was done.
        record Result(String added, String removed) {
        }

        @Override
        public Integer call() throws IOException, InterruptedException {
            try (var open = run.open(LockMode.EXCLUSIVE, "key change")) {
                var keys = open.repository().keys();
                var old = keys.ownSlot();
                var added = newPassword.addSlot(run, keys, old.label());
                keys.removeSlot(old); // behind the new one: a crash in between leaves both
                run.results().show(new Result(added.id(), old.id()),
                        out -> out.println("changed the password: the key slot is %s now".formatted(added.id())));
                return ExitCode.DONE;
            }
        }
    }
}
