package io.xenolith.bench.guard;

import io.xenolith.bench.result.ResultFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The floors of all guards: `bench/floors.json`, a list of [Floor]s.
final class Floors {

    private final Map<String, Floor> byName = new LinkedHashMap<>();

    /// @throws FloorsException if a guard has no floor or two, a floor belongs to no guard, or one can never be missed
    Floors(List<Floor> floors, Collection<String> guards) throws FloorsException {
        for (var floor : floors) {
            if (!guards.contains(floor.name())) {
                throw new FloorsException("a floor for '%s', which is no guard; there are: %s"
                        .formatted(floor.name(), String.join(", ", guards)));
            }
            if (!(floor.floor() > 0)) {
                throw new FloorsException("the floor of '%s' is %s, so it can never be missed".formatted(floor.name(), floor.floor()));
            }
            if (byName.put(floor.name(), floor) != null) {
                throw new FloorsException("two floors for '%s'".formatted(floor.name()));
            }
        }
        for (var guard : guards) {
            if (!byName.containsKey(guard)) {
                throw new FloorsException("no floor for the guard '%s'".formatted(guard));
            }
        }
    }

    static Floors read(Path file, Collection<String> guards) throws IOException {
        return new Floors(List.of(ResultFile.read(file, Floor[].class)), guards);
    }

    Floor of(String guard) {
        return byName.get(guard);
    }
}
