package io.xenolith.nbd.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.xenolith.nbd.protocol.ExportName;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NbdAddressTest {

    @ParameterizedTest
    @CsvSource(nullValues = "-", value = {
        "nbd://host, host, 10809, '', false",
        "nbd://host/, host, 10809, '', false",
        "nbds://host:99/vol1, host, 99, vol1, true",
        "NBD://10.0.0.1/vol1, 10.0.0.1, 10809, vol1, false",
        "nbd://[::1]:7//vol1, ::1, 7, /vol1, false",
        "nbd://host/%2Fabc%3Fsession_id=OpaqueRef:1, host, 10809, /abc?session_id=OpaqueRef:1, false",
        "nbd://host/a+b%C3%BC, host, 10809, a+bü, false",
        "nbd://host/a/b, host, 10809, a/b, false",
    })
    void anAddressOverTcpHasItsParts(String uri, String host, int port, String export, boolean tls) {
        assertEquals(NbdAddress.tcp(host, port, new ExportName(export), tls), NbdAddress.parse(uri));
    }

    @Test
    void anAddressOfASocketHasItsParts() {
        var socket = new NbdAddress.Endpoint.Unix(Path.of("/run/my nbd.sock"));
        assertEquals(new NbdAddress(socket, new ExportName("vol"), false, null),
                NbdAddress.parse("nbd+unix:///vol?socket=/run/my%20nbd.sock"));
        assertEquals(new NbdAddress(socket, ExportName.DEFAULT, true, "xen01.lab"),
                NbdAddress.parse("nbds+unix:///?socket=/run/my%20nbd.sock&tls-hostname=xen01.lab"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "host", "http://host/x", "nbd:host", "nbd:///vol", "nbd+unix:///vol", "nbd+unix:///v?socket=",
        "nbd://host:70000/", "nbd://user@host/", "nbds://host/?tls-verify-peer=0", "nbds://host/?tls-type=psk",
        "nbd://host/x?session_id=secret", "nbd://host/%ff", "nbd://host/%00", "nbd://ho st/secret"})
    void whatIsNoAddressIsRefusedWithoutRepeatingIt(String text) {
        var e = assertThrows(IllegalArgumentException.class, () -> NbdAddress.parse(text));
        assertFalse(e.getMessage().contains("secret"), e.getMessage());
    }

    @Test
    void anAddressPrintsWithoutTheSecretInItsName() {
        var address = NbdAddress.tcp("::1", 10809, new ExportName("/0f2d-77?session_id=OpaqueRef:secret"), true);
        assertEquals("nbds://[::1]:10809//0f2d-77…", address.toString());
        var e = assertThrows(NbdConnectionException.class, () -> NbdClient.open(
                NbdAddress.tcp("127.0.0.1", 1, new ExportName("/0f2d-77?session_id=OpaqueRef:secret"), false),
                NbdClientOptions.DEFAULT.withRetries(NbdRetries.NONE)));
        assertTrue(e.getMessage().contains("127.0.0.1:1") && !e.getMessage().contains("secret"), e.getMessage());
    }
}
