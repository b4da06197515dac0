package io.xenolith.source.xapi.rpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.xenolith.engine.Seed;
import io.xenolith.engine.SeedExtension;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class XmlRpcReaderTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', ignoreLeadingAndTrailingWhitespace = false, value = {
        "bare|bare", "<string>text</string>|text", "&lt;a&gt; &amp; &#x1F4BE;|<a> & \uD83D\uDCBE",
        "<![CDATA[<value>]]>|<value>", " kept |\" kept \"", "a<!-- nothing -->b|ab", "<base64>AAEC</base64>|AAEC"})
    void textsStayAsTheyAre(String xml, String text) throws IOException {
        assertEquals(text, read(xml));
    }

    @Test
    void nothingIsTheEmptyText() throws IOException {
        for (var xml : List.of("", "<string/>", "<string></string>", "<nil/>")) {
            assertEquals("", read(xml));
        }
    }

    @Test
    void everyTypeOfTheStandardIsRead() throws IOException {
        assertEquals(7L, read("<int>7</int>"));
        assertEquals(-7L, read("<i4>-7</i4>"));
        assertEquals(1L << 40, read(" <i8>1099511627776</i8> "));
        assertEquals(true, read("<boolean>1</boolean>"));
        assertEquals(false, read("<boolean>0</boolean>"));
        assertEquals(0.25, read("<double>0.25</double>"));
        assertEquals(Double.NaN, read("<double>nan</double>"));
        assertEquals(List.of("a", 1L), read(
                "<array>\n<data>\n<value>a</value> <value><i4>1</i4></value></data></array>"));
        assertEquals(List.of(), read("<array><data/></array>"));
        assertEquals(Map.of("k", Map.of()), read(
                "<struct><member>\n<name>k</name><value><struct/></value></member></struct>"));
    }

    @ParameterizedTest
    @CsvSource({"20240131T23:59:58Z, 2024-01-31T23:59:58Z", "2024-01-31T23:59:58Z, 2024-01-31T23:59:58Z",
        "20240131T23:59:58, 2024-01-31T23:59:58Z", "20240131T23:59:58.25Z, 2024-01-31T23:59:58Z",
        "19700101T00:00:00Z, 1970-01-01T00:00:00Z", "20161231T23:59:60Z, 2016-12-31T23:59:59Z"})
    void timesAreUtc(String wire, String time) throws IOException {
        assertEquals(Instant.parse(time), read("<dateTime.iso8601>" + wire + "</dateTime.iso8601>"));
    }

    @Test
    void numbersAndFlagsAreTakenAsTextsToo() throws IOException {
        assertEquals(1048576, new Value("1048576", "x").number());
        assertEquals(1048576, new Value(1048576L, "x").number());
        assertEquals("7", new Value(7L, "x").text());
        assertTrue(new Value("true", "x").flag());
        assertFalse(new Value(false, "x").flag());
        assertEquals(0.5, new Value("0.5", "x").real());
        assertEquals(1.0, new Value(1L, "x").real());
        assertEquals(Instant.EPOCH, new Value("19700101T00:00:00Z", "x").time());
    }

    @Test
    void aValueOfTheWrongTypeIsToldWithItsPlace() {
        var wrong = new Value(List.of(), "VDI.get_record.virtual_size");
        for (var e : List.of(assertThrows(MalformedAnswerException.class, wrong::number),
                assertThrows(MalformedAnswerException.class, wrong::text),
                assertThrows(MalformedAnswerException.class, wrong::flag),
                assertThrows(MalformedAnswerException.class, wrong::real),
                assertThrows(MalformedAnswerException.class, wrong::time),
                assertThrows(MalformedAnswerException.class, wrong::members),
                assertThrows(MalformedAnswerException.class, new Value("12a", "VDI.get_record.virtual_size")::number),
                assertThrows(MalformedAnswerException.class, new Value("", "VDI.get_record.virtual_size")::list))) {
            assertTrue(e.getMessage().contains("VDI.get_record.virtual_size"), e.getMessage());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"R&D", "a<b", "a>b", "<b>bold</b>", "&amp;", "&#1;", "a</name>b", "]]>", "\"'", "<name>"})
    void memberNamesThatAreNotEscapedAreReadLiterally(String name) throws IOException {
        var xml = "<struct><member><name>%s</name><value>1 &amp; 2</value></member>"
                + "<member><name>other & one</name><value>&lt;name&gt;</value></member></struct>";
        assertEquals(Map.of(name, "1 & 2", "other & one", "<name>"), read(xml.formatted(name)));
    }

    @Test
    void aNameThatIsWellFormedIsNotTouched() throws IOException {
        assertEquals(Map.of("a&b", "1"),
                read("<struct><member><name>a&amp;b</name><value>1</value></member></struct>"));
    }

    @Test
    void charactersThatXmlCannotHoldAreReplaced() throws IOException {
        assertEquals("a\uFFFDb\uFFFDc", read("a\u0001b\uFFFEc"));
    }

    @Test
    void bytesThatAreNoUtf8AreReplaced() throws IOException {
        var document = document("a?b").getBytes(StandardCharsets.ISO_8859_1);
        for (int i = 0; i < document.length; i++) {
            if (document[i] == '?' && document[i - 1] == 'a') {
                document[i] = (byte) 0xE9;
            }
        }
        assertEquals("a\uFFFDb", XmlRpcReader.response(document, "test").value());
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "<float>1</float>", "<int>1</int><int>2</int>", "text<int>1</int>", "<int>1</int>text", "<int>1.5</int>",
        "<int>99999999999999999999</int>", "<boolean>2</boolean>", "<double>x</double>", "<string><b/></string>",
        "<dateTime.iso8601>yesterday</dateTime.iso8601>", "<dateTime.iso8601>20241331T00:00:00Z</dateTime.iso8601>",
        "<array><value>1</value></array>", "<array><data>1</data></array>", "<array><data><string/></data></array>",
        "<struct><name>k</name></struct>", "<struct><member><value>1</value></member></struct>",
        "<struct><member><name>k</name></member></struct>"})
    void whatIsNoValueIsRefused(String xml) {
        assertThrows(MalformedAnswerException.class, () -> read(xml));
    }

    @ParameterizedTest
    @ValueSource(strings = {"serializable", "i1", "i8", "nil", "dom", "bigdecimal"})
    void extensionsAreRefused(String type) {
        var xml = "<ex:%s xmlns:ex='http://ws.apache.org/xmlrpc/namespaces/extensions'>rO0ABXA=</ex:%s>";
        assertThrows(MalformedAnswerException.class, () -> read(xml.formatted(type, type)));
    }

    @Test
    void noObjectIsEverDeserialised() throws Exception {
        var bytes = new ByteArrayOutputStream();
        try (var out = new ObjectOutputStream(bytes)) {
            out.writeObject(new Trap());
        }
        // the trap works
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray())).readObject();
        assertEquals(1, Trap.SPRUNG.getAndSet(0));
        // in a fault's cause, where the library's own parser would read it, and in a value
        var base64 = Base64.getEncoder().encodeToString(bytes.toByteArray());
        var fault = "<methodResponse><fault><value><struct><member><name>faultCode</name><value><int>1</int></value>"
                + "</member><member><name>faultString</name><value>x</value></member><member><name>faultCause</name>"
                + "<value><base64>%s</base64></value></member></struct></value></fault></methodResponse>";
        assertTrue(XmlRpcReader.response(fault.formatted(base64).getBytes(StandardCharsets.UTF_8), "test").fault());
        assertEquals(base64, read("<base64>%s</base64>".formatted(base64)));
        assertEquals(0, Trap.SPRUNG.get());
    }

    private static final class Trap implements Serializable {
        static final AtomicInteger SPRUNG = new AtomicInteger();
        private static final long serialVersionUID = 1;

        private void readObject(ObjectInputStream in) {
            SPRUNG.incrementAndGet();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "<!DOCTYPE x>", "<!DOCTYPE x [<!ENTITY a 'b'>]>", "<!DOCTYPE x SYSTEM 'file:///etc/hostname'>",
        "<!DOCTYPE x [<!ENTITY a SYSTEM 'file:///etc/hostname'>]>", "<!DOCTYPE x SYSTEM 'http://127.0.0.1:1/x.dtd'>",
        "<!DOCTYPE x [<!ENTITY % p SYSTEM 'http://127.0.0.1:1/x.dtd'> %p;]>"})
    void documentTypesAreRefused(String type) {
        for (var text : List.of("a", "&a;")) {
            var document = "<?xml version='1.0'?>" + type + document(text);
            assertThrows(MalformedAnswerException.class, () -> response(document));
        }
    }

    @Test
    void aBillionLaughsEndAtOnce() {
        var type = new StringBuilder("<!DOCTYPE x [<!ENTITY l0 'lol'>");
        for (int i = 1; i < 30; i++) {
            type.append("<!ENTITY l%d '&l%d;&l%d;&l%d;&l%d;'>".formatted(i, i - 1, i - 1, i - 1, i - 1));
        }
        assertTimeoutPreemptively(Duration.ofSeconds(5), () -> assertThrows(MalformedAnswerException.class,
                () -> response(type + "]>" + document("&l29;"))));
    }

    @Test
    void anUndeclaredEntityIsRefused() {
        assertThrows(MalformedAnswerException.class, () -> read("&lol;"));
    }

    @Test
    void depthIsBounded() throws IOException {
        assertEquals(List.of(), innermost(read("<array><data><value>".repeat(60) + "<array><data/></array>"
                + "</value></data></array>".repeat(60))));
        assertThrows(MalformedAnswerException.class, () -> read("<array><data><value>".repeat(100_000)));
        assertThrows(MalformedAnswerException.class, () -> read("<a>".repeat(100_000)));
    }

    private static Object innermost(Object value) {
        return value instanceof List<?> list && !list.isEmpty() ? innermost(list.getFirst()) : value;
    }

    @Test
    void longTextsAndManyReferencesAreRead() throws IOException {
        var text = "x".repeat(8 << 20);
        assertEquals(text, read(text));
        assertEquals("<&é".repeat(300_000), read("&lt;&amp;&#233;".repeat(300_000)));
        assertEquals(200_000, ((List<?>) read("<array><data>" + "<value>OpaqueRef:1</value>".repeat(200_000)
                + "</data></array>")).size());
    }

    @Test
    void aDocumentIsRefusedWhereverItIsCut() {
        var document = document("<struct><member><name>Status</name><value>Success</value></member><member>"
                + "<name>Value</name><value><array><data><value><boolean>1</boolean></value></data></array></value>"
                + "</member></struct>").getBytes(StandardCharsets.UTF_8);
        for (int length = 0; length < document.length; length++) {
            var cut = Arrays.copyOf(document, length);
            assertThrows(MalformedAnswerException.class, () -> XmlRpcReader.response(cut, "test"), "cut at " + length);
        }
    }

    @Test
    @ExtendWith(SeedExtension.class)
    void aDamagedDocumentIsReadOrRefusedButNothingElse(Seed seed) throws IOException {
        var document = document("<struct><member><name>Value</name><value><array><data><value><boolean>1</boolean>"
                + "</value><value>&lt;&#233;</value><value><dateTime.iso8601>20240131T23:59:58Z</dateTime.iso8601>"
                + "</value></data></array></value></member></struct>").getBytes(StandardCharsets.UTF_8);
        var random = seed.random();
        for (int run = 0; run < 400; run++) {
            var damaged = document.clone();
            for (int hits = 1 + random.nextInt(3); hits > 0; hits--) {
                damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
            }
            try {
                XmlRpcReader.response(damaged, "test");
            } catch (MalformedAnswerException e) {
                // as promised
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "hello", "<html><body>500</body></html>", "<methodCall/>", "<methodResponse/>",
        "<methodResponse><params/></methodResponse>",
        "<methodResponse><params><param><value>1</value></param><param><value>2</value></param></params>"
                + "</methodResponse>"})
    void whatIsNoAnswerIsRefused(String document) {
        assertThrows(MalformedAnswerException.class, () -> response(document));
    }

    @Test
    void aMessageNeverQuotesTheDocument() {
        var e = assertThrows(MalformedAnswerException.class, () -> read("OpaqueRef:secret</wrong>"));
        assertFalse(e.getMessage().contains("secret"), e.getMessage());
    }

    @Test
    void aTasksResultIsAValue() throws IOException {
        assertEquals("OpaqueRef:1", Value.ofResult("<value>OpaqueRef:1</value>", "x").text());
        assertEquals("", Value.ofResult("", "x").text());
        assertEquals("", Value.ofResult("<value></value>", "x").text());
        assertEquals("", Value.ofResult("<value/>", "x").text());
        assertEquals(List.of("a", "b"), Value.ofResult(
                "<value><array><data><value>a</value><value>b</value></data></array></value>", "x").texts());
        assertThrows(MalformedAnswerException.class, () -> Value.ofResult("<value>1</value><value>2</value>", "x"));
        assertThrows(MalformedAnswerException.class, () -> Value.ofResult("OpaqueRef:1", "x"));
    }

    private static Object read(String value) throws IOException {
        return response(document(value));
    }

    private static Object response(String document) throws IOException {
        return XmlRpcReader.response(document.getBytes(StandardCharsets.UTF_8), "test").value();
    }

    private static String document(String value) {
        return "<methodResponse><params><param><value>%s</value></param></params></methodResponse>".formatted(value);
    }
}
