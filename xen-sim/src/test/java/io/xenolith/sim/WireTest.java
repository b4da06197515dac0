package io.xenolith.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Base64;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/// The bytes on the wire: where hosts are strict, where they are sloppy.
@TestInstance(Lifecycle.PER_CLASS)
class WireTest {
    private SimulatedPool pool;
    private SSLContext trust;
    private String session;

    @BeforeAll
    void startPool(@TempDir Path directory) throws Exception {
        pool = SimulatedPool.builder().directory(directory).start();
        var store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        store.setCertificateEntry("pool", pool.certificate());
        var managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        managers.init(store);
        trust = SSLContext.getInstance("TLSv1.2");
        trust.init(null, managers.getTrustManagers(), null);
        session = between(xmlCall("session.login_with_password", "<value>root</value>", "<value>secret</value>"),
                "<name>Value</name><value>", "</value>");
    }

    @AfterAll
    void closePool() throws IOException {
        pool.close();
    }

    private static String between(String text, String before, String after) {
        int start = text.indexOf(before) + before.length();
        return text.substring(start, text.indexOf(after, start));
    }

    /// Sends bytes over a new connection and returns all that comes back until it ends.
    private String exchange(String... requests) throws IOException {
        try (Socket socket = trust.getSocketFactory().createSocket(pool.url().getHost(), pool.url().getPort())) {
            for (var request : requests) {
                socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
            }
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private String xmlCall(String method, String... values) throws IOException {
        return exchange(post("/", xml(method, values), "close"));
    }

    private static String xml(String method, String... values) {
        var parameters = new StringBuilder();
        for (var value : values) {
            parameters.append("<param>").append(value).append("</param>");
        }
        return "<?xml version=\"1.0\"?><methodCall><methodName>%s</methodName><params>%s</params></methodCall>"
                .formatted(method, parameters);
    }

    private static String post(String path, String body, String connection) {
        return "POST %s HTTP/1.1\r\nConnection: %s\r\nContent-Length: %d\r\n\r\n%s"
                .formatted(path, connection, body.getBytes(StandardCharsets.UTF_8).length, body);
    }

    private String own() {
        return "<value>" + session + "</value>";
    }

    private String value(String text) {
        return "<value>" + text + "</value>";
    }

    private String poolRef() throws IOException {
        return between(xmlCall("pool.get_all", own()), "<data><value>", "</value>");
    }

    @Test
    void aHeadOf1006BytesPassesAndOneByteMoreDoesNot() throws IOException {
        var start = "GET /nowhere HTTP/1.1\r\nX: ";
        var end = "\r\n\r\n";
        var fits = start + "x".repeat(1006 - start.length() - end.length()) + end;
        assertTrue(exchange(fits).startsWith("HTTP/1.1 403 "));
        assertTrue(exchange(fits.replace("X: ", "XX: ")).startsWith("HTTP/1.1 431 "));
    }

    @Test
    void aCallWithoutALengthIsRefused() throws IOException {
        assertTrue(exchange("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n").startsWith("HTTP/1.1 500 "));
        assertTrue(exchange("POST / HTTP/1.1\r\n\r\n").startsWith("HTTP/1.1 500 "));
    }

    @Test
    void aCallOfMoreThan300KibIsRefused() throws IOException {
        var longest = xml("pool.get_all", own());
        longest += " ".repeat((300 << 10) - longest.length());
        assertTrue(exchange(post("/", longest, "close")).startsWith("HTTP/1.1 200 "));
        assertTrue(exchange(post("/", longest + " ", "close")).startsWith("HTTP/1.1 500 "));
    }

    @Test
    void whatIsNoCallGetsAPageOfHtml() throws IOException {
        for (var body : new String[] {"<methodCall>", "{}", "<!DOCTYPE x [<!ENTITY a \"b\">]><methodCall/>"}) {
            var answer = exchange(post("/RPC2", body, "close"));
            assertTrue(answer.startsWith("HTTP/1.1 500 ") && answer.contains("text/html"), answer);
        }
        assertTrue(exchange(post("/jsonrpc", "[", "close")).startsWith("HTTP/1.1 500 "));
    }

    @Test
    void aPathThatNobodyKnowsTakesXmlRpc() throws IOException {
        assertTrue(exchange(post("/anything", xml("pool.get_all", own()), "close")).contains("Success"));
        assertTrue(exchange("BREW / HTTP/1.1\r\n\r\n").startsWith("HTTP/1.1 501 "));
    }

    @Test
    void aConnectionServesSeveralCalls() throws IOException {
        var body = xml("pool.get_all", own());
        var answers = exchange(post("/", body, "keep-alive"), post("/", body, "close"));
        assertEquals(3, answers.split("HTTP/1.1 200 OK", -1).length);
    }

    @Test
    void integersAreStringsAndCountsOfEventsAreNot() throws IOException {
        var host = between(xmlCall("host.get_all", own()), "<data><value>", "</value>");
        assertTrue(xmlCall("host.get_API_version_major", own(), value(host)).contains("<name>Value</name><value>2</value>"));
        assertTrue(xmlCall("event.from", own(), "<value><array><data><value>host</value></data></array></value>", value(""),
                "<value><double>0</double></value>").contains("<name>host</name><value><i4>1</i4></value>"));
    }

    @Test
    void memberNamesAreNotEscapedAndValuesAreAndControlCharactersGo() throws IOException {
        var add = "{\"method\":\"pool.add_to_other_config\",\"params\":[\"%s\",\"%s\",\"a&b\",\"c&d\\u0001\"],\"id\":1}";
        exchange(post("/jsonrpc", add.formatted(session, poolRef()), "close"));
        var config = xmlCall("pool.get_other_config", own(), value(poolRef()));
        xmlCall("pool.remove_from_other_config", own(), value(poolRef()), value("a&amp;b"));
        assertTrue(config.contains("<name>a&b</name><value>c&amp;d</value>"), config);
    }

    @Test
    void aBooleanIsFalseUnlessItIsOne() throws IOException {
        for (var sent : new String[] {"true", "1", "0"}) {
            xmlCall("pool.set_ha_allow_overcommit", own(), value(poolRef()), "<value><boolean>" + sent + "</boolean></value>");
            var expected = sent.equals("1") ? "1" : "0";
            var got = xmlCall("pool.get_ha_allow_overcommit", own(), value(poolRef()));
            assertTrue(got.contains("<boolean>" + expected + "</boolean>"), got);
        }
    }

    @Test
    void bothVersionsOfJsonRpcAreSpoken() throws IOException {
        var call = "{\"method\":\"VM.get_by_uuid\",\"params\":[\"%s\",\"x\"],\"id\":7%s}";
        var old = exchange(post("/jsonrpc", call.formatted(session, ""), "close"));
        assertTrue(old.endsWith("{\"result\":null,\"error\":[\"UUID_INVALID\",\"VM\",\"x\"],\"id\":7}"), old);
        var newer = exchange(post("/jsonrpc", call.formatted(session, ",\"jsonrpc\":\"2.0\""), "close"));
        assertTrue(newer.contains("\"message\":\"UUID_INVALID\"") && newer.contains("\"data\":[\"VM\",\"x\"]"), newer);
        assertFalse(newer.contains("\"result\""), newer);
    }

    @Test
    void aGetterHasNoAsynchronousForm() throws IOException {
        assertTrue(xmlCall("Async.pool.get_all", own()).contains("<data><value>Fault</value>"));
    }

    @Test
    void streamsTakeASessionAsCookieOrAsQueryOrAPasswordAndNothingElse() throws IOException {
        var dump = "GET /pool/xmldbdump%s HTTP/1.1\r\n%s\r\n";
        var basic = "Authorization: Basic " + Base64.getEncoder().encodeToString("root:secret".getBytes(StandardCharsets.UTF_8));
        assertTrue(exchange(dump.formatted("?session_id=" + session.replace(":", "%3A"), "")).startsWith("HTTP/1.0 200 "));
        var cookie = "Cookie: session_id=" + session + "\r\n";
        assertTrue(exchange(dump.formatted("?session_id=x", cookie)).startsWith("HTTP/1.0 200 "));
        assertTrue(exchange(dump.formatted("", basic + "\r\n")).startsWith("HTTP/1.0 200 "));
        for (var refused : new String[] {"", "Cookie: session_id=x\r\n", "Authorization: Basic !\r\n"}) {
            var answer = exchange(dump.formatted("", refused));
            assertTrue(answer.startsWith("HTTP/1.1 401 ") && answer.contains("www-authenticate: Basic"), answer);
        }
    }

    @Test
    void aBooleanOfAStreamIsStrictlyTrueOrFalse() throws IOException {
        var request = "GET /export_metadata?all=%s&session_id=" + session + " HTTP/1.1\r\n\r\n";
        assertTrue(exchange(request.formatted("true")).startsWith("HTTP/1.0 200 "));
        assertTrue(exchange(request.formatted("yes")).startsWith("HTTP/1.1 500 "));
    }

    @Test
    void anUploadIsAcceptedBeforeItsBodyIsRead() throws IOException {
        try (Socket socket = trust.getSocketFactory().createSocket(pool.url().getHost(), pool.url().getPort())) {
            socket.getOutputStream().write(("PUT /import?session_id=" + session + " HTTP/1.1\r\nContent-Length: 5\r\n\r\n")
                    .getBytes(StandardCharsets.UTF_8));
            assertEquals("HTTP/1.1 200", new String(socket.getInputStream().readNBytes(12), StandardCharsets.UTF_8));
        }
        assertTrue(exchange("PUT /import?session_id=" + session + " HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")
                .contains("IMPORT_ERROR_CANNOT_HANDLE_CHUNKED"));
    }

    @Test
    void aWrongPasswordIsASentenceOfItsOwn() throws IOException {
        var answer = xmlCall("session.login_with_password", value("root"), value("wrong"));
        assertTrue(answer.contains("<value>SESSION_AUTHENTICATION_FAILED</value>"), answer);
    }
}
