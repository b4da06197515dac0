package io.xenolith.source.vm;

import io.xenolith.source.xapi.Xapi;
import io.xenolith.source.xapi.records.Vm;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// Finds machines by what users write: a UUID, a name, a pattern with `*` and `?`, or `tag:NAME`. Snapshots and control
/// domains are never found, templates only when asked for.
public final class VmSelection {

    private static final Pattern UUID = Pattern.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");

    private final List<Vm> candidates;

    private VmSelection(List<Vm> candidates) {
        this.candidates = candidates;
    }

    /// Asks the pool for its machines.
    ///
    /// @param templates whether templates are looked for instead
    public static VmSelection of(Xapi xapi, boolean templates) throws IOException, InterruptedException {
        var all = templates ? xapi.vms().all().stream()
                .filter(vm -> vm.isTemplate() && !vm.isSnapshot() && !vm.isControlDomain()).toList() : xapi.vms().machines();
        return new VmSelection(all);
    }

    /// The machines that `wishes` mean, each once, in the order of the wishes.
    ///
    /// @throws NoSuchVmException if one means none, or a name means several
    public List<Vm> find(List<String> wishes) throws NoSuchVmException {
        Map<String, Vm> found = new LinkedHashMap<>();
        for (var wish : wishes) {
            find(wish).forEach(vm -> found.putIfAbsent(vm.uuid(), vm));
        }
        return new ArrayList<>(found.values());
    }

    private List<Vm> find(String wish) throws NoSuchVmException {
        var matching = candidates.stream().filter(meaning(wish)).toList();
        if (matching.isEmpty()) {
            throw new NoSuchVmException("no machine of the pool is meant by '%s'; 'xenolith vm list' shows them".formatted(wish));
        }
        if (matching.size() > 1 && isName(wish)) {
            throw new NoSuchVmException("%d machines are called '%s': %s; give the UUID of one".formatted(matching.size(), wish,
                    matching.stream().map(Vm::uuid).collect(Collectors.joining(", "))));
        }
        return matching;
    }

    private static boolean isName(String wish) {
        return !wish.startsWith("tag:") && !wish.contains("*") && !wish.contains("?");
    }

    private static Predicate<Vm> meaning(String wish) {
        if (UUID.matcher(wish).matches()) {
            return vm -> vm.uuid().equalsIgnoreCase(wish);
        }
        if (wish.startsWith("tag:")) {
            return vm -> vm.tags().contains(wish.substring("tag:".length()));
        }
        if (isName(wish)) {
            return vm -> vm.name().equals(wish);
        }
        var pattern = Pattern.compile(wish.codePoints().mapToObj(VmSelection::expression).collect(Collectors.joining()),
                Pattern.DOTALL);
        return vm -> pattern.matcher(vm.name()).matches();
    }

    private static String expression(int character) {
        return switch (character) {
            case '*' -> ".*";
            case '?' -> ".";
            default -> Pattern.quote(Character.toString(character));
        };
    }
}
