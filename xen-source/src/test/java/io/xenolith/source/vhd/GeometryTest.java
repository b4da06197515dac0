package io.xenolith.source.vhd;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GeometryTest {

    @ParameterizedTest
    @CsvSource({"2, 60, 4, 17", "24, 722, 4, 17", "1024, 2080, 16, 63", "20480, 41610, 16, 63",
        "102400, 51400, 16, 255", "130048, 65278, 16, 255", "130560, 65535, 16, 255", "2088960, 65535, 16, 255"})
    void isTheOneThatTheSpecificationComputes(long mib, int cylinders, int heads, int sectorsPerTrack) {
        assertEquals(new Geometry(cylinders, heads, sectorsPerTrack), Geometry.of(mib << 20));
    }
}
