package io.xenolith.sim.pool;

import java.nio.charset.StandardCharsets;
import java.util.UUID;

/// MAC addresses as hosts derive them: the same seed and device give the same address.
public final class MacAddress {
    private MacAddress() {}

    /// A locally administered unicast address.
    public static String derive(String seed, String device) {
        long bits = UUID.nameUUIDFromBytes((seed + "/" + device).getBytes(StandardCharsets.UTF_8)).getMostSignificantBits();
        return "%02x:%02x:%02x:%02x:%02x:%02x".formatted((bits & 0xfc) | 0x02, bits >>> 8 & 0xff, bits >>> 16 & 0xff,
                bits >>> 24 & 0xff, bits >>> 32 & 0xff, bits >>> 40 & 0xff);
    }

    public static boolean isValid(String address) {
        return address.matches("([0-9a-fA-F]{2}:){5}[0-9a-fA-F]{2}");
    }
}
