package io.xenolith.bench.guard;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.xenolith.bench.result.Comparison;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class FloorsTest {

    @Test
    void everyGuardHasAFloorInTheProjectsFile() {
        assertDoesNotThrow(() -> Floors.read(Path.of("floors.json"), Subjects.names()));
    }

    @Test
    void aFloorForNoGuardIsRejectedByName() {
        var e = assertThrows(FloorsException.class, () -> new Floors(List.of(floor("id", 0.9), floor("idd", 0.9)), List.of("id")));
        assertTrue(e.getMessage().contains("'idd'"), e.getMessage());
    }

    @Test
    void aGuardWithoutAFloorIsRejectedByName() {
        var e = assertThrows(FloorsException.class, () -> new Floors(List.of(floor("id", 0.9)), List.of("id", "cut")));
        assertTrue(e.getMessage().contains("'cut'"), e.getMessage());
    }

    @Test
    void twoFloorsForOneGuardAreRejected() {
        assertThrows(FloorsException.class, () -> new Floors(List.of(floor("id", 0.9), floor("id", 0.8)), List.of("id")));
    }

    @Test
    void aFloorThatCanNeverBeMissedIsRejected() {
        for (double never : new double[] {0, -1, Double.NaN}) {
            assertThrows(FloorsException.class, () -> new Floors(List.of(floor("id", never)), List.of("id")));
        }
    }

    @Test
    void noTwoGuardsHaveOneName() {
        assertEquals(Subjects.names().size(), Subjects.names().stream().distinct().count());
    }

    @Test
    void anUnknownGuardIsRejectedWithTheNamesOfThoseThatThereAre() {
        var e = assertThrows(IllegalArgumentException.class, () -> Subjects.named("frist"));
        assertTrue(e.getMessage().contains("'frist'") && e.getMessage().contains("first"), e.getMessage());
    }

    @Test
    void aFloorIsSetToAPartOfTheMedianOfItsGuardsRuns() {
        var runs = List.of(comparison("id", 0.8), comparison("id", 1.0), comparison("cut", 3), comparison("id", 0.2));
        assertEquals(0.68, SetFloors.reset(floor("id", 0.5), runs).floor());
    }

    @Test
    void aGuardThatWasNotMeasuredKeepsItsFloor() {
        assertEquals(floor("seal", 0.5), SetFloors.reset(floor("seal", 0.5), List.of(comparison("id", 1))));
    }

    private static Comparison comparison(String name, double ratio) {
        return new Comparison(name, "stages", "", "", "MiB/s", 1, 1, ratio, 0.1, List.of(ratio), 1);
    }

    static Floor floor(String name, double floor) {
        return new Floor(name, "what " + name + " does", "what it is compared with", floor);
    }
}
