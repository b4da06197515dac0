package io.xenolith.source.xmlvalue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.xenolith.engine.Seed;
import io.xenolith.engine.SeedExtension;
import io.xenolith.source.fuzz.XvaFuzz;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(SeedExtension.class)
class XmlValueTest {

    private static XmlValue parse(String xml) throws XmlValueException {
        return XmlValue.parse(xml.getBytes(StandardCharsets.UTF_8), XmlLimits.DEFAULT);
    }

    private static XmlValueException refused(String xml) {
        return assertThrows(XmlValueException.class, () -> parse(xml));
    }

    private static XmlValue text(String text) {
        return new XmlValue.Text(text);
    }

    private static XmlValue struct(String name, XmlValue value) {
        return new XmlValue.Struct(Map.of(name, value));
    }

    @Test
    void everyTypeIsReadAsItIsWritten() throws XmlValueException {
        assertEquals(text("OpaqueRef:NULL"), parse("<value>OpaqueRef:NULL</value>"));
        assertEquals(text(" a\n"), parse("<value> a\n</value>"));
        assertEquals(text(""), parse("<value></value>"));
        assertEquals(text(""), parse("<value/>"));
        assertEquals(text(" x "), parse("<value><string> x </string></value>"));
        assertEquals(text("<&>\"'é"), parse("<value>&lt;&amp;&gt;&quot;&apos;&#xe9;</value>"));
        assertEquals(text("a<b"), parse("<value>a<!-- c --><![CDATA[<]]>b</value>"));
        assertEquals(new XmlValue.Bool(true), parse("<value><boolean>1</boolean></value>"));
        assertEquals(new XmlValue.Bool(false), parse("<value><boolean>0</boolean></value>"));
        assertEquals(new XmlValue.Int(-1), parse("<value><int>-1</int></value>"));
        assertEquals(new XmlValue.Int(Long.MAX_VALUE), parse("<value><i8>9223372036854775807</i8></value>"));
        assertEquals(new XmlValue.Real(1.5), parse("<value><double>1.5</double></value>"));
        assertEquals(new XmlValue.Date("19700101T00:00:00Z"),
                parse("<value><dateTime.iso8601>19700101T00:00:00Z</dateTime.iso8601></value>"));
        assertEquals(new XmlValue.Base64("QUI="), parse("<value><base64>QUI=</base64></value>"));
        assertEquals(new XmlValue.Nil(), parse("<value><nil/></value>"));
        assertEquals(new XmlValue.Array(List.of(text("a"), text(""))),
                parse("<value><array><data><value>a</value><value/></data></array></value>"));
        assertEquals(struct("k", text("v")),
                parse("<value><struct><member><name>k</name><value>v</value></member></struct></value>"));
    }

    @Test
    void declarationWhiteSpaceAndEnvelopeAreAccepted() throws XmlValueException {
        assertEquals(struct("k", text("v")), parse("\uFEFF<?xml version='1.0' encoding='ISO-8859-1'?>\n<!-- é -->\n<value>\n"
                + " <struct> <member>\n<name>k</name> <value>v</value> </member> </struct>\n</value>\n"));
        assertEquals(text("v"), parse("<methodResponse><params><param><value>v</value></param></params></methodResponse>"));
        assertEquals(text("v"), parse("<methodCall><methodName>m</methodName><params><param><value>v</value></param>"
                + "</params></methodCall>"));
    }

    @Test
    void numbersAndTruthAreSeenInTextToo() throws XmlValueException {
        assertEquals(OptionalLong.of(3145728), parse("<value>3145728</value>").asNumber());
        assertEquals(OptionalLong.of(-1), parse("<value><i4>-1</i4></value>").asNumber());
        for (var none : List.of("", "1e3", "0x10", "99999999999999999999", "9999999999999999999", "1 2")) {
            assertEquals(OptionalLong.empty(), text(none).asNumber(), none);
        }
        assertTrue(text("true").isTrue());
        assertTrue(text("1").isTrue());
        assertFalse(text("0").isTrue());
        assertTrue(new XmlValue.Bool(true).isTrue());
    }

    @Test
    void ofTwoMembersOfOneNameTheLastOneCounts() throws XmlValueException {
        assertEquals(struct("k", text("2")), parse("<value><struct><member><name>k</name><value>1</value></member>"
                + "<member><name>k</name><value>2</value></member></struct></value>"));
    }

    @Test
    void namesOfMembersMayBeUnescaped() throws XmlValueException {
        var raw = "R&D <old> ]]> &nbsp; 1<2";
        assertEquals(struct(raw, text("<ok>")),
                parse("<value><struct><member><name>" + raw + "</name><value>&lt;ok></value></member></struct></value>"));
        assertEquals(struct("a&b < c", text("")),
                parse("\uFEFF<value><struct><member><name>a&amp;b < \u0001c</name><value/></member></struct></value>"));
    }

    @Test
    void whatIsIllFormedElsewhereStaysRefused() {
        assertTrue(refused("<value>a & b</value>").getMessage().contains("line 1"));
        refused("<value><struct><member><name>a & b</name><value>a & b</value></member></struct></value>");
        refused("<value><struct><member><name>a & b</value></member></struct></value>");
        refused("<value>");
        refused("");
        refused("<value></value><value></value>");
        refused("<value>x</value>x");
    }

    @Test
    void anotherDocumentTellsWhichOneItIs() {
        var e = assertThrows(UnexpectedRootException.class, () -> parse("<appliance version='0.1'><vm/></appliance>"));
        assertEquals("appliance", e.root());
    }

    @Test
    void elementsOutOfPlaceAreRefused() {
        refused("<value><struct><member><value>v</value><name>k</name></member></struct></value>");
        refused("<value><struct><value>v</value></struct></value>");
        refused("<value><array><value>v</value></array></value>");
        refused("<value><array><data><i4>1</i4></data></array></value>");
        refused("<value>text<i4>1</i4></value>");
        refused("<value><i4>1</i4>text</value>");
        refused("<value><i4>1</i4><i4>1</i4></value>");
        refused("<value><i4>one</i4></value>");
        refused("<value><boolean>2</boolean></value>");
        refused("<value><double>x</double></value>");
        refused("<value><float>1</float></value>");
        refused("<value><string><b>1</b></string></value>");
    }

    @Test
    void entitiesAreNeitherExpandedNorFetched(@TempDir Path folder) throws Exception {
        var secret = Files.writeString(folder.resolve("secret"), "TOPSECRET");
        for (var declaration : List.of("<!DOCTYPE value SYSTEM \"%s\">".formatted(secret.toUri()),
                "<!DOCTYPE value [<!ENTITY e SYSTEM \"%s\">]>".formatted(secret.toUri()),
                "<!DOCTYPE value [<!ENTITY %% p SYSTEM \"%s\"> %%p;]>".formatted(secret.toUri()),
                "<!DOCTYPE value [<!ENTITY e 'text'>]>")) {
            assertFalse(refused(declaration + "<value>&e;</value>").getMessage().contains("TOPSECRET"));
            refused(declaration + "<value>v</value>");
        }
        var laughs = new StringBuilder("<!DOCTYPE value [<!ENTITY l0 'lol'>");
        for (int i = 1; i < 30; i++) {
            laughs.append("<!ENTITY l%d '&l%d;&l%d;&l%d;&l%d;'>".formatted(i, i - 1, i - 1, i - 1, i - 1));
        }
        refused(laughs + "]><value>&l29;</value>");
    }

    @Test
    void depthCountAndBytesAreBounded() throws XmlValueException {
        var limits = new XmlLimits(1000, 3, 5);
        var three = "<value><array><data>".repeat(2) + "<value/>" + "</data></array></value>".repeat(2);
        XmlValue.parse(three.getBytes(), limits);
        assertBeyond("deeper than 3", "<value><array><data>" + three + "</data></array></value>", limits);
        assertBeyond("more than 5 values", "<value><array><data>" + "<value/>".repeat(5) + "</data></array></value>", limits);
        assertBeyond("more than 1000", "<value>" + "x".repeat(1000) + "</value>", limits);
        refused("<value><array><data>".repeat(100_000));
        refused("<x>".repeat(100_000));
        refused("<value><" + "x".repeat(100_000) + "/></value>");
        refused("<value " + "a='1' ".repeat(10_000) + "/>");
    }

    private static void assertBeyond(String finding, String xml, XmlLimits limits) {
        var e = assertThrows(XmlValueException.class, () -> XmlValue.parse(xml.getBytes(), limits));
        assertTrue(e.getMessage().contains(finding), e.getMessage());
    }

    @Test
    void valuesAreWrittenAsHostsDo() {
        var members = new LinkedHashMap<String, XmlValue>();
        members.put("a", text("1 < 2 & \"3\" > 'é'\t\u0001"));
        members.put("b", new XmlValue.Int(42));
        members.put("c", new XmlValue.Bool(false));
        members.put("d", new XmlValue.Real(1));
        members.put("e", new XmlValue.Array(List.of(text(""), new XmlValue.Date("19700101T00:00:00Z"))));
        members.put("f", new XmlValue.Struct(Map.of()));
        assertEquals("<value><struct><member><name>a</name><value>1 &lt; 2 &amp; &quot;3&quot; &gt; 'é'\t</value></member>"
                + "<member><name>b</name><value>42</value></member>"
                + "<member><name>c</name><value><boolean>0</boolean></value></member>"
                + "<member><name>d</name><value><double>1</double></value></member>"
                + "<member><name>e</name><value><array><data><value></value>"
                + "<value><dateTime.iso8601>19700101T00:00:00Z</dateTime.iso8601></value></data></array></value></member>"
                + "<member><name>f</name><value><struct></struct></value></member></struct></value>",
                new String(new XmlValue.Struct(members).encode(), StandardCharsets.UTF_8));
    }

    @Test
    void whateverIsWrittenIsReadBack(Seed seed) throws XmlValueException {
        for (int i = 0; i < 300; i++) {
            var value = random(seed.random(i), 4);
            assertEquals(value, XmlValue.parse(value.encode(), XmlLimits.DEFAULT));
        }
    }

    private static XmlValue random(Random random, int depth) {
        int kind = random.nextInt(depth == 0 ? 4 : 6);
        return switch (kind) {
            case 0 -> new XmlValue.Bool(random.nextBoolean());
            case 1 -> new XmlValue.Real(random.nextGaussian());
            case 2, 3 -> text(randomText(random));
            case 4 -> {
                var items = new ArrayList<XmlValue>();
                for (int i = random.nextInt(4); i > 0; i--) {
                    items.add(random(random, depth - 1));
                }
                yield new XmlValue.Array(items);
            }
            default -> {
                var members = new LinkedHashMap<String, XmlValue>();
                for (int i = random.nextInt(4); i > 0; i--) {
                    members.put(randomText(random), random(random, depth - 1));
                }
                yield new XmlValue.Struct(members);
            }
        };
    }

    private static String randomText(Random random) {
        var alphabet = List.of("<", ">", "&", "\"", "'", "a", "Z", " ", "\n", "\t",
                "é", "漢", "\uD83D\uDE00", "]]>", "&amp;");
        var text = new StringBuilder();
        for (int i = random.nextInt(8); i > 0; i--) {
            text.append(alphabet.get(random.nextInt(alphabet.size())));
        }
        return text.toString();
    }

    @Test
    void damagedDocumentsFailAsDeclared(Seed seed) {
        for (int i = 0; i < 800; i++) {
            var random = seed.random(i);
            var xml = random(random, 4).encode();
            for (int flips = random.nextInt(1, 4); flips > 0; flips--) {
                xml[random.nextInt(xml.length)] = (byte) random.nextInt(256);
            }
            XvaFuzz.xmlValue(xml);
            XvaFuzz.ova(xml);
        }
    }
}
