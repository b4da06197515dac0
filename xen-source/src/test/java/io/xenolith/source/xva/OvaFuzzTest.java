package io.xenolith.source.xva;

import com.code_intelligence.jazzer.junit.DictionaryEntries;
import com.code_intelligence.jazzer.junit.FuzzTest;
import io.xenolith.source.fuzz.XvaFuzz;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class OvaFuzzTest {

    @DictionaryEntries({"<value>", "</value>", "<member><name>", "</name>", "</member>", "<struct>", "<array><data>",
            "virtual_size", "userdevice", "suspend_VDI", "OpaqueRef:NULL", "Ref:7", "export_vsn", "is_a_template",
            "9223372036854775807", "-1", "<boolean>1</boolean>"})
    @FuzzTest(maxDuration = "6s")
    void anOvaIsReadOrRefused(byte[] xml) {
        XvaFuzz.ova(xml);
    }
}
