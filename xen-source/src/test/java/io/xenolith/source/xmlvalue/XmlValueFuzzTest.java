package io.xenolith.source.xmlvalue;

import com.code_intelligence.jazzer.junit.DictionaryEntries;
import com.code_intelligence.jazzer.junit.FuzzTest;
import io.xenolith.source.fuzz.XvaFuzz;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class XmlValueFuzzTest {

    @DictionaryEntries({"<value>", "</value>", "<struct>", "</struct>", "<member>", "</member>", "<name>", "</name>", "<array>",
            "</array>", "<data>", "</data>", "<i4>", "<int>", "<boolean>", "<double>", "<string/>", "<nil/>", "<base64>",
            "<dateTime.iso8601>", "&amp;", "&#0;", "&#x1F600;", "<!--", "-->", "<![CDATA[", "]]>", "<?xml version='1.0'?>",
            "<!DOCTYPE ", "<!ENTITY ", "\\xEF\\xBB\\xBF"})
    @FuzzTest(maxDuration = "6s")
    void aValueReadsAsItWasWrittenOrIsRefused(byte[] xml) {
        XvaFuzz.xmlValue(xml);
    }
}
