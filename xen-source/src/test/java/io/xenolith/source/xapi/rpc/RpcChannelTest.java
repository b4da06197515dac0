package io.xenolith.source.xapi.rpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.xenolith.engine.Seed;
import io.xenolith.engine.SeedExtension;
import io.xenolith.source.xapi.error.BusyException;
import io.xenolith.source.xapi.error.NotMasterException;
import io.xenolith.source.xapi.error.SessionLostException;
import io.xenolith.source.xapi.error.UnavailableException;
import io.xenolith.source.xapi.http.HostCertificate;
import io.xenolith.source.xapi.http.HttpStatusException;
import io.xenolith.source.xapi.http.KnownHosts;
import io.xenolith.source.xapi.http.RawHost;
import io.xenolith.source.xapi.http.RequestTooLargeException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.w3c.dom.Element;

class RpcChannelTest {
    private static final Duration SOON = Duration.ofSeconds(10);

    private final BlockingQueue<byte[]> bodies = new LinkedBlockingQueue<>();

    private RawHost answering(String xml) {
        return new RawHost(conversation -> {
            while (true) {
                bodies.add(conversation.body(conversation.head()));
                conversation.answer(xml);
            }
        });
    }

    private static RpcChannel channel(RawHost host) {
        return new RpcChannel(new KnownHosts(host.pin()), SOON);
    }

    private static Value call(RawHost host, String method, Object... arguments)
            throws IOException, InterruptedException {
        try (var channel = channel(host)) {
            return channel.call(host.address(), SOON, method, arguments);
        }
    }

    @Test
    void aCallIsAPostWithALengthAndLittleElse() throws Exception {
        try (var host = answering(success("ok")); var channel = channel(host)) {
            for (int i = 0; i < 3; i++) {
                assertEquals("ok", channel.call(host.address(), SOON, "VM.get_all", "OpaqueRef:1").text());
            }
            assertEquals(3, host.heads().size());
            for (var head : host.heads()) {
                assertTrue(head.startsWith("POST /RPC2 HTTP/1.1\r\n"), head);
                assertTrue(head.contains("Content-Length: " + bodies.take().length + "\r\n"), head);
                assertTrue(head.contains("Content-Type: text/xml\r\n"), head);
                assertFalse(head.contains("Upgrade"), head);
                assertFalse(head.contains("Transfer-Encoding"), head);
                assertTrue(head.length() < 300, head);
            }
        }
    }

    @Test
    void argumentsHaveTheFormThatHostsRead() throws Exception {
        try (var host = answering(success(""))) {
            var record = new LinkedHashMap<String, Object>();
            record.put("size", 1L << 40);
            record.put("ratio", 1.0);
            call(host, "X.create", "text", 7, true, Instant.EPOCH, List.of("a", List.of()), record,
                    "p&ss".toCharArray());
            assertEquals("X.create(text, 7, b1, t19700101T00:00:00Z, [a, []], {size=1099511627776, ratio=d1.0}, p&ss)",
                    parsed(bodies.take()));
        }
    }

    @Test
    @ExtendWith(SeedExtension.class)
    void everyTextArrivesAsItWas(Seed seed) throws Exception {
        var random = seed.random();
        try (var host = answering(success("")); var channel = channel(host)) {
            for (int run = 0; run < 50; run++) {
                var text = randomText(random);
                channel.call(host.address(), SOON, "X.y", text, Map.of(text, text));
                assertEquals("X.y(%s, {%s=%s})".formatted(text, text, text), parsed(bodies.take()));
            }
        }
    }

    private static String randomText(Random random) {
        var pool = new int[] {'a', ' ', '<', '>', '&', '"', '\'', ']', '\n', '\t', '\r', 0x7F, 0x85, 0xE9, 0x2028,
            0xD7FF, 0xE000, 0xFFFD, 0x10000, 0x1F4BE, 0x10FFFF};
        var text = new StringBuilder("x");
        for (int left = random.nextInt(30); left > 0; left--) {
            text.appendCodePoint(pool[random.nextInt(pool.length)]);
        }
        return text.append("x").toString();
    }

    @ParameterizedTest
    @ValueSource(strings = {"\u0000", "\u0001", "\u001F", "\uFFFF", "\uFFFE", "\uD800", "\uDC00x"})
    void whatXmlCannotHoldIsRefusedBeforeItIsSent(String text) throws Exception {
        try (var host = answering(success(""))) {
            assertThrows(IllegalArgumentException.class, () -> call(host, "X.y", text));
            assertThrows(IllegalArgumentException.class, () -> call(host, "X.y", Map.of(text, "")));
            assertThrows(IllegalArgumentException.class, () -> call(host, "X.y", new Object()));
            assertEquals(0, host.heads().size());
        }
    }

    @Test
    void aBodyThatHostsRefuseIsNotSent() throws Exception {
        try (var host = answering(success("ok"))) {
            assertThrows(RequestTooLargeException.class, () -> call(host, "X.y", "x".repeat(300 << 10)));
            assertEquals(0, host.heads().size());
            assertEquals("ok", call(host, "X.y", "x".repeat((300 << 10) - 300)).text());
        }
    }

    @Test
    void aFailureIsAnExceptionWithItsCode() throws Exception {
        try (var host = answering(failure("VDI_IN_USE", "OpaqueRef:7", "data_destroy"))) {
            var e = assertThrows(BusyException.class, () -> call(host, "VDI.data_destroy"));
            assertEquals("VDI_IN_USE", e.code());
            assertEquals(List.of("OpaqueRef:7", "data_destroy"), e.parameters());
            assertTrue(e.getMessage().startsWith("VDI.data_destroy: VDI_IN_USE [OpaqueRef:7, data_destroy]: "),
                    e.getMessage());
        }
    }

    @Test
    void aFaultIsAnExceptionToo() throws Exception {
        try (var host = answering("<methodResponse><fault><value><struct><member><name>faultCode</name><value><int>1"
                + "</int></value></member><member><name>faultString</name><value>no such call</value></member></struct>"
                + "</value></fault></methodResponse>")) {
            var e = assertThrows(UnavailableException.class, () -> call(host, "Async.VDI.get_nbd_info"));
            assertEquals(List.of("no such call"), e.parameters());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"<value>ok</value>", "<value><struct/></value>",
        "<value><struct><member><name>Status</name><value>Success</value></member></struct></value>",
        "<value><struct><member><name>Status</name><value>Perhaps</value></member></struct></value>",
        "<value><struct><member><name>Status</name><value>Failure</value></member></struct></value>"})
    void anAnswerOfAnotherShapeIsRefused(String value) throws Exception {
        try (var host = answering("<methodResponse><params><param>" + value + "</param></params></methodResponse>")) {
            assertThrows(MalformedAnswerException.class, () -> call(host, "X.y"));
        }
    }

    @ParameterizedTest
    @CsvSource({"302", "400", "403", "408", "431", "500", "501"})
    void aStatusIsNotTakenForAnAnswer(int status) throws Exception {
        var body = success("ok");
        try (var host = new RawHost(conversation -> {
            conversation.body(conversation.head());
            conversation.send("HTTP/1.1 %d No\r\nLocation: https://127.0.0.1:1/\r\nContent-Length: %d\r\n\r\n%s"
                    .formatted(status, body.length(), body));
        })) {
            var e = assertThrows(HttpStatusException.class, () -> call(host, "X.y"));
            assertEquals(status, e.status());
        }
    }

    @Test
    void thePageOfAFailureNamesItsCode() throws Exception {
        var page = "<html><body><h1>500</h1>OTHER_OPERATION_IN_PROGRESS: [ VM; OpaqueRef:1; export ]</body></html>";
        try (var host = new RawHost(conversation -> {
            conversation.body(conversation.head());
            conversation.send("HTTP/1.1 500 Internal Error\r\nConnection: close\r\n\r\n" + page);
        })) {
            var e = assertThrows(BusyException.class, () -> call(host, "X.y"));
            assertEquals(List.of("VM", "OpaqueRef:1", "export"), e.parameters());
        }
    }

    @Test
    void status401IsALostSession() throws Exception {
        try (var host = new RawHost(conversation -> {
            conversation.body(conversation.head());
            conversation.send("HTTP/1.1 401 Unauthorised\r\nWWW-Authenticate: Basic\r\nContent-Length: 0\r\n\r\n");
        })) {
            assertThrows(SessionLostException.class, () -> call(host, "X.y"));
        }
    }

    @Test
    void anAnswerThatStopsHalfWayIsGivenUpInTime() throws Exception {
        try (var host = new RawHost(conversation -> {
            conversation.body(conversation.head());
            conversation.send("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n<methodResponse>");
            conversation.in().read();
        }); var channel = channel(host)) {
            assertThrows(HttpTimeoutException.class,
                    () -> channel.call(host.address(), Duration.ofMillis(300), "X.y"));
        }
    }

    @Test
    void anInterruptEndsACall() throws Exception {
        try (var host = new RawHost(conversation -> {
            conversation.body(conversation.head());
            conversation.in().read();
        }); var channel = channel(host)) {
            Thread.currentThread().interrupt();
            assertThrows(InterruptedException.class, () -> channel.call(host.address(), SOON, "X.y"));
        }
    }

    @Test
    void aMemberTellsTheCoordinatorsCertificate() throws Exception {
        var coordinator = HostCertificate.selfSigned("127.0.0.1");
        try (var host = new RawHost(conversation -> {
            conversation.body(conversation.head());
            var body = failure("HOST_IS_SLAVE", "192.0.2.11");
            conversation.send(("HTTP/1.1 200 OK\r\nContent-Length: %d\r\n"
                    + "x-xenapi-response-host-certificate-thumbprint: %s\r\n\r\n%s")
                    .formatted(body.length(), coordinator.fingerprint(), body));
        })) {
            var hosts = new KnownHosts(host.pin());
            try (var channel = new RpcChannel(hosts, SOON)) {
                var e = assertThrows(NotMasterException.class,
                        () -> channel.call(host.address(), SOON, "session.login_with_password", "root", "x"));
                assertEquals("192.0.2.11", e.master());
            }
            var head = host.heads().getFirst();
            assertTrue(head.contains("x-xenapi-request-host-certificate-thumbprint: sha-256:master"), head);
            assertTrue(head.length() < 400, head);
            assertTrue(hosts.knows("192.0.2.11"));
            assertFalse(hosts.knows("192.0.2.12"));
        }
    }

    private static String success(String text) {
        return answer("<member><name>Status</name><value>Success</value></member>"
                + "<member><name>Value</name><value>" + text + "</value></member>");
    }

    private static String failure(String... description) {
        return answer("<member><name>ErrorDescription</name><value><array><data><value>"
                + String.join("</value><value>", description) + "</value></data></array></value></member>"
                + "<member><name>Status</name><value>Failure</value></member>");
    }

    private static String answer(String members) {
        return "<methodResponse><params><param><value><struct>%s</struct></value></param></params></methodResponse>"
                .formatted(members);
    }

    /// The call as another parser of XML reads it.
    private static String parsed(byte[] request) throws Exception {
        var call = DocumentBuilderFactory.newInstance().newDocumentBuilder()
                .parse(new ByteArrayInputStream(request)).getDocumentElement();
        assertEquals("methodCall", call.getTagName());
        var arguments = new ArrayList<String>();
        for (var param : children(children(call).get(1))) {
            arguments.add(shown(children(param).getFirst()));
        }
        return children(call).getFirst().getTextContent() + arguments.toString().replaceAll("(?s)^\\[(.*)]$", "($1)");
    }

    private static String shown(Element value) {
        if (children(value).isEmpty()) {
            return value.getTextContent();
        }
        var typed = children(value).getFirst();
        return switch (typed.getTagName()) {
            case "string" -> typed.getTextContent();
            case "boolean" -> "b" + typed.getTextContent();
            case "double" -> "d" + typed.getTextContent();
            case "dateTime.iso8601" -> "t" + typed.getTextContent();
            case "array" ->
                    children(children(typed).getFirst()).stream().map(RpcChannelTest::shown).toList().toString();
            case "struct" -> {
                var members = new LinkedHashMap<String, String>();
                for (var member : children(typed)) {
                    members.put(children(member).getFirst().getTextContent(), shown(children(member).get(1)));
                }
                yield members.toString();
            }
            default -> throw new AssertionError("a type that hosts do not know: " + typed.getTagName());
        };
    }

    private static List<Element> children(Element parent) {
        var children = new ArrayList<Element>();
        for (var node = parent.getFirstChild(); node != null; node = node.getNextSibling()) {
            if (node instanceof Element element) {
                children.add(element);
            }
        }
        return children;
    }
}
