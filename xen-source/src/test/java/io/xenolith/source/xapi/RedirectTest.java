package io.xenolith.source.xapi;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.xenolith.source.xapi.error.NotMasterException;
import io.xenolith.source.xapi.http.HostCertificate;
import io.xenolith.source.xapi.http.HttpStatusException;
import io.xenolith.source.xapi.http.RawHost;
import io.xenolith.source.xapi.http.UntrustedCertificateException;
import io.xenolith.source.xapi.records.Ref;
import io.xenolith.source.xapi.task.TaskListener;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Where a pool may send its clients, and where not; with hosts that a well-behaved pool would not have.
class RedirectTest {
    private static final Pattern METHOD = Pattern.compile("<methodName>(.*)</methodName>");
    private static final String SESSION = "OpaqueRef:the-session";

    private final Map<String, String> answers = new HashMap<>(Map.of(
            "session.login_with_password", success(SESSION), "session.logout", success(""),
            "host.get_all_records", success("<struct>" + host("1", "127.0.0.1") + host("2", "127.0.0.2") + "</struct>"),
            "task.create", success("OpaqueRef:task"), "task.add_to_other_config", success(""),
            "task.get_record", success("<struct>" + member("status", "success") + member("progress",
                    "<double>1.0</double>") + "</struct>"),
            "task.destroy", success("")));

    private RawHost coordinator(String answerToStreams) {
        return new RawHost(conversation -> serve(conversation, answerToStreams));
    }

    private void serve(RawHost.Conversation conversation, String answerToStreams) throws IOException {
        while (true) {
            var head = conversation.head();
            if (!head.startsWith("POST")) {
                conversation.send(answerToStreams);
                return;
            }
            var method = METHOD.matcher(new String(conversation.body(head)));
            assertTrue(method.find());
            conversation.answer(answers.getOrDefault(method.group(1), failure("MESSAGE_METHOD_UNKNOWN")));
        }
    }

    private static Xapi login(RawHost host) throws IOException, InterruptedException {
        return Xapi.login(host.address(), host.pin(), new Credentials("root", "secret".toCharArray()),
                SimulatedPoolTest.TIMEOUTS, TaskListener.NONE);
    }

    private static String redirection(String location) {
        return "HTTP/1.1 302 Found\r\nLocation: " + location + "\r\n\r\n";
    }

    @ParameterizedTest
    @ValueSource(strings = {"https://127.0.0.99/export_raw_vdi", "https://elsewhere.example/export_raw_vdi",
        "http://127.0.0.2/export_raw_vdi", "https://127.0.0.2@127.0.0.99/", "/export_raw_vdi", "", "https://", "%%"})
    void aHostThatIsNoneOfThePoolIsNotFollowed(String location) throws Exception {
        try (var coordinator = coordinator(redirection(location)); var xapi = login(coordinator)) {
            var e = assertThrows(IOException.class,
                    () -> xapi.exports().rawVdi(new Ref<>("OpaqueRef:1"), DiskFormat.RAW));
            assertFalse(e.getMessage().contains(SESSION), e.getMessage());
        }
    }

    @Test
    void hostsThatSendUsInACircleAreLeft() throws Exception {
        var self = new RawHost[1];
        self[0] = new RawHost(conversation -> serve(conversation, redirection("https://" + self[0].address() + "/x")));
        try (var coordinator = self[0]; var xapi = login(coordinator)) {
            var e = assertThrows(HttpStatusException.class,
                    () -> xapi.exports().rawVdi(new Ref<>("OpaqueRef:1"), DiskFormat.RAW));
            assertEquals(302, e.status());
            assertEquals(3, coordinator.heads().stream().filter(head -> head.startsWith("GET")).count());
        }
    }

    @Test
    void onlyTheHostIsTakenFromARedirection() throws Exception {
        var certificate = HostCertificate.selfSigned("127.0.0.2");
        answers.put("host.get_server_certificate", success(certificate.pem()));
        try (var member = new RawHost("127.0.0.2", certificate, 0, conversation -> {
            conversation.head();
            conversation.send("HTTP/1.1 200 OK\r\n\r\ndisk");
        }); var coordinator = coordinator(redirection("https://%s/other?session_id=x".formatted(member.address())));
                var xapi = login(coordinator)) {
            try (var export = xapi.exports().rawVdi(new Ref<>("OpaqueRef:1"), DiskFormat.RAW)) {
                assertArrayEquals("disk".getBytes(), export.readAllBytes());
                export.finish();
            }
            var asked = coordinator.heads().stream().filter(head -> head.startsWith("GET")).findFirst().orElseThrow();
            assertEquals(asked.lines().findFirst(), member.heads().getFirst().lines().findFirst());
        }
    }

    @Test
    void aMemberWithAnotherCertificateThanThePoolSaysGetsNothing() throws Exception {
        answers.put("host.get_server_certificate", success(HostCertificate.selfSigned("127.0.0.2").pem()));
        try (var impostor = new RawHost("127.0.0.2", HostCertificate.selfSigned("127.0.0.2"), 0,
                RawHost.Conversation::head);
                var coordinator = coordinator(redirection("https://%s/".formatted(impostor.address())));
                var xapi = login(coordinator)) {
            var e = assertThrows(UntrustedCertificateException.class,
                    () -> xapi.exports().rawVdi(new Ref<>("OpaqueRef:1"), DiskFormat.RAW));
            assertEquals(impostor.certificate().fingerprint(), e.fingerprint());
            assertEquals(List.of(), impostor.heads());
        }
    }

    @Test
    void membersThatNameEachOtherCoordinatorAreLeft() throws Exception {
        answers.put("session.login_with_password", failure("HOST_IS_SLAVE", "127.0.0.1"));
        try (var host = coordinator("")) {
            var e = assertThrows(NotMasterException.class, () -> login(host));
            assertEquals("127.0.0.1", e.master());
            assertEquals(4, host.heads().size());
        }
    }

    @Test
    void aFailureThatEndsTheStreamAtOnceIsReadAsOne() throws Exception {
        try (var coordinator = coordinator("HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 500 Internal Error\r\n"
                + "content-type: text/html\r\n\r\n<html>VDI_IN_USE: [ OpaqueRef:1; export ]</html>");
                var xapi = login(coordinator); var export = xapi.exports().rawVdi(new Ref<>("OpaqueRef:1"),
                DiskFormat.RAW)) {
            var e = assertThrows(IOException.class, export::readAllBytes);
            assertTrue(e.getMessage().contains("VDI_IN_USE"), e.getMessage());
        }
    }

    private static String host(String id, String address) {
        return member("OpaqueRef:host" + id, "<struct>" + member("uuid", id) + member("name_label", "host " + id)
                + member("address", address) + member("API_version_major", "2") + member("API_version_minor", "15")
                + "</struct>");
    }

    private static String member(String name, String value) {
        return "<member><name>%s</name><value>%s</value></member>".formatted(name, value);
    }

    private static String success(String value) {
        return answer(member("Status", "Success") + member("Value", value));
    }

    private static String failure(String... description) {
        return answer(member("Status", "Failure") + member("ErrorDescription", "<array><data><value>"
                + String.join("</value><value>", description) + "</value></data></array>"));
    }

    private static String answer(String members) {
        return "<methodResponse><params><param><value><struct>%s</struct></value></param></params></methodResponse>"
                .formatted(members);
    }
}
