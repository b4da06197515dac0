package io.xenolith.source.xapi.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HostAddressTest {

    @ParameterizedTest
    @CsvSource({"xen1.example, xen1.example, 443", "Xen1, xen1, 443", "192.0.2.10:8443, 192.0.2.10, 8443",
        "https://192.0.2.10/, 192.0.2.10, 443", "https://xen1:8443, xen1, 8443", "2001:db8::1, 2001:db8::1, 443",
        "[2001:db8::1], 2001:db8::1, 443", "[2001:DB8::1]:8443, 2001:db8::1, 8443", "fe80::1%eth0, fe80::1%eth0, 443"})
    void isReadInEveryForm(String text, String host, int port) {
        assertEquals(new HostAddress(host, port), HostAddress.parse(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "http://xen1", "xen1:0", "xen1:65536", "xen1:x", "a b", "user@xen1", "xen1/path",
        "[::1", "a\r\nb", "https://xen1/?a=b"})
    void whatIsNoAddressIsRefused(String text) {
        assertThrows(IllegalArgumentException.class, () -> HostAddress.parse(text));
    }

    @Test
    void ipv6StandsInBracketsInAUrl() {
        assertEquals("https://[2001:db8::1]:8443/RPC2",
                HostAddress.parse("[2001:db8::1]:8443").uri("/RPC2").toString());
        assertEquals("https://xen1/RPC2", HostAddress.parse("xen1").uri("/RPC2").toString());
    }
}
