package io.xenolith.repository.point;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.xenolith.engine.Seed;
import io.xenolith.engine.SeedExtension;
import io.xenolith.engine.chunk.ChunkId;
import io.xenolith.engine.point.Consistency;
import io.xenolith.engine.point.Level;
import io.xenolith.engine.point.Machine;
import io.xenolith.engine.point.PointDisk;
import io.xenolith.engine.point.PointFile;
import io.xenolith.engine.point.RestorePoint;
import io.xenolith.engine.point.SkippedDisk;
import io.xenolith.repository.CorruptObjectException;
import io.xenolith.repository.NewerFormatException;
import java.io.IOException;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(SeedExtension.class)
class RestorePointFormatTest {

    private static final String OBJECT = "points/x/y";
    private static final String MARKS = "\"{}[],:0-\\";

    /// As the table in [RestorePointFormat] says; a change here is a change of the format.
    private static final String JSON = """
            {"version":1,"id":"0123456789abcdef","vm":"web","time":"2026-11-20T10:15:00Z","level":"inc",\
            "consistency":"quiesced","disks":[{"name":"xvda","size":4096,\
            "root":"0000000000000001000000000000000200000000000000030000000000000004",\
            "bytesRead":3,"bytesNew":2,"bytesStored":1,"wholeReason":"lost"}],\
            "skipped":[{"name":"xvdd","reason":"a CD"}],"tags":["weekly"],"base":"fedcba9876543210",\
            "seconds":1.5,"program":"xenolith 1"}""";

    private static final RestorePoint POINT = new RestorePoint("0123456789abcdef", Machine.named("web"),
            Instant.parse("2026-11-20T10:15:00Z"), Level.INC, Consistency.QUIESCED,
            List.of(new PointDisk("xvda", 4096, new ChunkId(1, 2, 3, 4), 3, 2, 1, Optional.of("lost"))),
            List.of(), List.of(new SkippedDisk("xvdd", "a CD")), List.of(), List.of("weekly"),
            Optional.of("fedcba9876543210"), 1.5, "xenolith 1");

    private static RestorePoint decode(String json) throws IOException {
        return RestorePointFormat.decode(OBJECT, json.getBytes(UTF_8));
    }

    private static CorruptObjectException assertCorrupt(String json) {
        var e = assertThrows(CorruptObjectException.class, () -> decode(json), json);
        assertEquals(OBJECT, e.object());
        assertTrue(e.getMessage().length() < 1000, e.getMessage());
        return e;
    }

    /// [#JSON] with a part of it replaced.
    private static String with(String part, String replacement) {
        assertTrue(JSON.contains(part), part);
        return JSON.replace(part, replacement);
    }

    @Test
    void aPointIsWrittenAsDocumented() throws IOException {
        assertEquals(JSON, new String(RestorePointFormat.encode(POINT), UTF_8));
        assertEquals(POINT, decode(JSON));
    }

    @Test
    void filesMakeItAPointThatOlderProgramsRefuse() throws IOException {
        var root = new ChunkId(1, 2, 3, 4);
        var machine = new Machine("web", Optional.of("6f1d2c3b"), Optional.of("lab"));
        var disk = POINT.disks().getFirst().known(Optional.of("root"), Optional.of("aa-bb"));
        var point = new RestorePoint(POINT.id(), machine, POINT.time(), POINT.level(), POINT.consistency(), List.of(disk),
                List.of(new PointFile("ova.xml", 7, root)), POINT.skipped(), List.of("no quiesce"), POINT.tags(), POINT.base(),
                POINT.seconds(), POINT.program());
        var json = with("\"version\":1", "\"version\":2")
                .replace("\"vm\":\"web\",", "\"vm\":\"web\",\"uuid\":\"6f1d2c3b\",\"pool\":\"lab\",")
                .replace("\"lost\"}],", "\"lost\",\"label\":\"root\",\"uuid\":\"aa-bb\"}],\"files\":"
                        + "[{\"name\":\"ova.xml\",\"size\":7,\"root\":\"%s\"}],".formatted(root))
                .replace("\"tags\"", "\"notes\":[\"no quiesce\"],\"tags\"");
        assertEquals(json, new String(RestorePointFormat.encode(point), UTF_8));
        assertEquals(point, decode(json));
    }

    @Test
    void whatWasEncodedIsDecodedToTheSame(Seed seed) throws IOException {
        var random = seed.random();
        for (int i = 0; i < 1000; i++) {
            var point = RandomPoints.any(random);
            assertEquals(point, RestorePointFormat.decode(OBJECT, RestorePointFormat.encode(point)));
        }
    }

    @Test
    void unknownKeysArePassedOverWhereverTheyAre() throws IOException {
        var unknown = "\"news\":{\"id\":[1,{\"vm\":null}],\"x\":1e999},";
        assertEquals(POINT, decode(JSON.replace("\"id\":\"01", unknown + "\"id\":\"01")
                .replace("\"size\"", unknown + "\"size\"").replace("\"reason\"", unknown + "\"reason\"")));
    }

    @Test
    void aHigherVersionIsRefusedBeforeAnythingElseIsLookedAt() {
        var e = assertThrows(NewerFormatException.class, () -> decode("{\"version\":3,\"id\":7"));
        assertTrue(e.getMessage().contains(OBJECT), e.getMessage());
    }

    @Test
    void aTruncatedPointIsRejectedAtEveryLength() {
        var json = JSON.getBytes(UTF_8);
        for (int length = 0; length < json.length; length++) {
            var cut = Arrays.copyOf(json, length);
            assertThrows(CorruptObjectException.class, () -> RestorePointFormat.decode(OBJECT, cut), "cut at " + length);
        }
    }

    @Test
    void randomChangesGiveAPointOrDamageAndNothingElse(Seed seed) {
        var random = seed.random();
        for (int i = 0; i < 20_000; i++) {
            var json = JSON.getBytes(UTF_8);
            for (int change = random.nextInt(1, 4); change > 0; change--) {
                json[random.nextInt(json.length)] = (byte) (random.nextBoolean() ? random.nextInt(256) : MARKS.charAt(random.nextInt(MARKS.length())));
            }
            try {
                RestorePointFormat.decode(OBJECT, json);
            } catch (CorruptObjectException | NewerFormatException expected) {
                assertTrue(expected.getMessage().contains(OBJECT));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"id", "vm", "time", "level", "consistency", "disks", "skipped", "tags", "seconds", "program", "name",
            "size", "root", "bytesRead", "bytesNew", "bytesStored", "reason", "version"})
    void aMissingKeyIsNamed(String key) {
        var e = assertCorrupt(JSON.replace("\"%s\":".formatted(key), "\"other\":"));
        assertTrue(e.getMessage().contains(key), e.getMessage());
    }

    @ParameterizedTest
    @ValueSource(strings = {"id", "vm", "time", "level", "consistency", "disks", "skipped", "tags", "seconds", "program", "name",
            "size", "root", "bytesRead", "bytesNew", "bytesStored", "reason", "version", "base", "wholeReason"})
    void aValueOfTheWrongTypeIsRejected(String key) {
        for (var wrong : List.of("null", "true", "{}", "[[]]", "{\"a\":[1]}", "[null]", "[1]")) {
            assertCorrupt(JSON.replace("\"%s\":".formatted(key), "\"%s\":%s,\"other\":".formatted(key, wrong)));
        }
    }

    @Test
    void aKeyThatOccursTwiceIsRejected() {
        assertCorrupt(with("\"vm\":\"web\"", "\"vm\":\"web\",\"vm\":\"web\""));
        assertCorrupt(with("\"size\":4096", "\"size\":4096,\"size\":4096"));
        assertCorrupt(with("\"version\":1", "\"version\":1,\"version\":1,\"version\":1").replace("\"id\"", "\"x\":1,\"x\":1,\"id\""));
    }

    @Test
    void valuesOutOfBoundsAreRejected() {
        assertCorrupt(with("\"size\":4096", "\"size\":-1"));
        assertCorrupt(with("\"size\":4096", "\"size\":4096.0"));
        assertCorrupt(with("\"size\":4096", "\"size\":9223372036854775808"));
        assertCorrupt(with("\"size\":4096", "\"size\":" + "9".repeat(100_000)));
        assertCorrupt(with("\"bytesNew\":2", "\"bytesNew\":-2"));
        assertCorrupt(with("\"seconds\":1.5", "\"seconds\":-1.5"));
        assertCorrupt(with("\"seconds\":1.5", "\"seconds\":1e999"));
        assertCorrupt(with("\"seconds\":1.5", "\"seconds\":NaN"));
        assertCorrupt(with("\"inc\"", "\"INC\""));
        assertCorrupt(with("\"inc\"", "\"some\""));
        assertCorrupt(with("0123456789abcdef", "0123456789abcde"));
        assertCorrupt(with("0123456789abcdef", "0123456789ABCDEF"));
        assertCorrupt(with("fedcba9876543210", "../../../../../x"));
        assertCorrupt(with("\"0000000000000001", "\"000000000000000g"));
        assertCorrupt(with("\"web\"", "\"\""));
        assertCorrupt(with("\"web\"", "\"a\\u0007b\""));
        assertCorrupt(with("\"web\"", "\"\\ud800\""));
        assertCorrupt(with("\"web\"", "\"" + "x".repeat(1 << 20) + "\""));
        assertCorrupt(with("\"xvda\"", "\"\""));
        assertCorrupt(with("\"version\":1", "\"version\":0"));
        assertCorrupt(with("\"version\":1", "\"version\":99999999999999999999"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"2026-11-20T10:15:00.5Z", "2026-11-20T10:15Z", "2026-11-20 10:15:00Z", "2026-13-20T10:15:00Z",
            "2026-02-29T10:15:00Z", "2026-11-20T24:15:00Z", "+12026-11-20T10:15:00Z", "20261120T101500Z", "",
            "2026-11-20T10:15:00+", "-026-11-20T10:15:00Z"})
    void aTimeInAnotherFormIsRejected(String time) {
        assertCorrupt(with("2026-11-20T10:15:00Z", time));
    }

    @Test
    void twoDisksOfOneNameOrNoneAreRejected() {
        var disks = JSON.substring(JSON.indexOf("[{\"name\":\"xvda\"") + 1, JSON.indexOf("],\"skipped\""));
        assertCorrupt(with(disks, disks + "," + disks));
        assertCorrupt(with(disks, ""));
    }

    @Test
    void whateverFollowsTheEndIsRejected() {
        assertCorrupt(JSON + "{}");
        assertCorrupt(JSON + "\0");
        assertCorrupt(JSON + JSON);
    }

    @Test
    void deepNestingIsRejectedWithoutExhaustingTheStack() {
        assertCorrupt("[".repeat(1_000_000));
        assertCorrupt("{\"version\":1,\"x\":" + "[".repeat(1_000_000));
        assertCorrupt("{\"version\":1,\"x\":" + "{\"x\":".repeat(1_000_000));
        assertCorrupt(with("\"tags\":[", "\"tags\":[" + "[".repeat(1_000_000)));
    }

    @Test
    void aPointThatTheFormatDoesNotAllowIsNotWritten() {
        var random = new Random(1);
        var time = Instant.parse("2026-11-20T10:15:00Z");
        var disks = List.of(POINT.disks().getFirst());
        assertRefused(RandomPoints.at("", time, random));
        assertRefused(RandomPoints.at("ü".repeat(128), time, random));
        assertRefused(RandomPoints.at("a\nb", time, random));
        assertRefused(RandomPoints.at("\uDC00", time, random));
        assertRefused(RandomPoints.at("web", time.plusNanos(1), random));
        assertRefused(RandomPoints.at("web", Instant.MAX, random));
        assertRefused(RandomPoints.at("web", Instant.MIN, random));
        assertRefused(point("short", disks, 1));
        assertRefused(point("0123456789abcdef", List.of(), 1));
        assertRefused(point("0123456789abcdef", disks, Double.NaN));
        assertRefused(point("0123456789abcdef", disks, Double.POSITIVE_INFINITY));
        var tooMuch = Optional.of("x".repeat(RestorePointFormat.MAX_BYTES));
        assertRefused(point("0123456789abcdef", List.of(new PointDisk("a", 1, ChunkId.NULL, 0, 0, 0, tooMuch)), 1));
    }

    private static RestorePoint point(String id, List<PointDisk> disks, double seconds) {
        return new RestorePoint(id, Machine.named("web"), POINT.time(), Level.FULL, Consistency.CRASH, disks, List.of(),
                List.of(), List.of(), List.of(), Optional.empty(), seconds, "");
    }

    private static void assertRefused(RestorePoint point) {
        assertThrows(IllegalArgumentException.class, () -> RestorePointFormat.encode(point));
    }
}
