package io.xenolith.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.xenolith.cli.backup.DiskArgument;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ArgumentsTest {

    @ParameterizedTest
    @CsvSource({"0, 0 B", "1023, 1023 B", "1024, 1.0 KiB", "1048575, 1.0 MiB", "1932735283, 1.8 GiB",
        "9223372036854775807, 8.0 EiB", "-2048, -2.0 KiB"})
    void bytesAreShownInTheLargestUnitThatFits(long bytes, String text) {
        assertEquals(text, ByteSize.format(bytes));
    }

    @ParameterizedTest
    @CsvSource({"65536, 65536", "64k, 65536", "64KiB, 65536", "1m, 1048576", "2 G, 2147483648", "1t, 1099511627776"})
    void sizesAreRead(String text, long bytes) {
        assertEquals(bytes, ByteSize.parse(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "k", "-1", "1x", "1.5k"})
    void whatIsNoSizeIsRefused(String text) {
        assertThrows(IllegalArgumentException.class, () -> ByteSize.parse(text));
    }

    @Test
    void stretchesOfTimeAreRead() {
        assertEquals(Duration.ofSeconds(30), TimeSpan.parse("30s"));
        assertEquals(Duration.ofSeconds(30), TimeSpan.parse("30"));
        assertEquals(Duration.ofMinutes(10), TimeSpan.parse("10m"));
        assertEquals(Duration.ofDays(14), TimeSpan.parse("2w"));
        assertThrows(IllegalArgumentException.class, () -> TimeSpan.parse("-1s"));
    }

    @ParameterizedTest
    @CsvSource({"0.44, 0.4 s", "12.4, 12 s", "185, 3 min 5 s", "7260, 2 h 1 min"})
    void stretchesOfTimeAreShown(double seconds, String text) {
        assertEquals(text, TimeSpan.format(seconds));
    }

    @Test
    void sharesAreRead() {
        assertEquals(0.05, Fraction.parse("5%").value(), 1e-9);
        assertEquals(0.005, Fraction.parse("0.5%").value(), 1e-9);
        assertThrows(IllegalArgumentException.class, () -> Fraction.parse("101%"));
        assertThrows(IllegalArgumentException.class, () -> Fraction.parse("5"));
    }

    @Test
    void aDiskIsNamedBeforeTheFirstEqualsSignUnlessThatIsAPath() {
        assertEquals(new DiskArgument(Optional.of("data"), "a=b.img"), DiskArgument.parse("data=a=b.img"));
        assertEquals(new DiskArgument(Optional.empty(), "./a=b.img"), DiskArgument.parse("./a=b.img"));
        assertEquals(new DiskArgument(Optional.empty(), "/x/a=b.img"), DiskArgument.parse("/x/a=b.img"));
        assertEquals(new DiskArgument(Optional.of("xvda"), "-"), DiskArgument.parse("xvda=-"));
    }

    @ParameterizedTest
    @CsvSource({"0, xvda", "25, xvdz", "26, xvdaa", "27, xvdab", "701, xvdzz", "702, xvdaaa"})
    void disksWithoutANameAreCalledAsXenCallsThem(int index, String name) {
        assertEquals(name, DiskArgument.parse("file").name(index));
    }

    @Test
    void aLineOfProgressTellsRateAndTimeLeft() {
        assertEquals("backup web: 1.2 GiB of 6.0 GiB, 410.0 MiB/s, 12 s left",
                ProgressDisplay.Lines.line("backup web", 1_289_748_480L, 6_442_450_944L, 3));
        assertEquals("backup web: 0 B of 0 B, 0 B/s", ProgressDisplay.Lines.line("backup web", 0, 0, 0));
    }
}
