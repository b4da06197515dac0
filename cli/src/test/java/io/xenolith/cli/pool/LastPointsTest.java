package io.xenolith.cli.pool;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.xenolith.engine.point.Consistency;
import io.xenolith.engine.point.Level;
import io.xenolith.engine.point.Machine;
import io.xenolith.engine.point.RestorePoint;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LastPointsTest {

    private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");

    private static RestorePoint point(String id, String name, Optional<String> uuid, int minute) {
        return new RestorePoint(id, new Machine(name, uuid, Optional.empty()), NOON.plusSeconds(60L * minute), Level.FULL,
                Consistency.CRASH, List.of(), List.of(), List.of(), List.of(), List.of(), Optional.empty(), 1, "test");
    }

    private final LastPoints last = LastPoints.of(List.of(
            point("renamed", "old name", Optional.of("uuid-1"), 5),
            point("earlier", "web", Optional.of("uuid-1"), 1),
            point("image 2", "web", Optional.empty(), 3),
            point("image 1", "web", Optional.empty(), 2),
            point("other", "db", Optional.of("uuid-2"), 9)));

    private String of(String uuid, String name) {
        return last.of(uuid, name).map(RestorePoint::id).orElse("none");
    }

    @Test
    void theUuidCountsWhateverTheMachineWasCalled() {
        assertEquals("renamed", of("uuid-1", "web"));
    }

    @Test
    void theNameCountsForPointsOfWhichNoUuidIsKnown() {
        assertEquals("image 2", of("uuid-3", "web"));
    }

    @Test
    void thePointOfAnotherMachineOfThatNameIsNotTaken() {
        assertEquals("none", of("uuid-3", "db"));
    }
}
