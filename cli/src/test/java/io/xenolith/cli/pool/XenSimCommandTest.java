package io.xenolith.cli.pool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.xenolith.cli.Xenolith;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class XenSimCommandTest {

    private static final String TEMPORARY = "java.io.tmpdir";

    @TempDir
    Path folder;

    private String before;

    @BeforeEach
    void keepTemporaryFilesApart() throws IOException {
        before = System.setProperty(TEMPORARY, Files.createDirectory(folder.resolve("tmp")).toString());
    }

    @AfterEach
    void restore() {
        System.setProperty(TEMPORARY, before);
    }

    private List<Path> temporary() throws IOException {
        try (var files = Files.list(folder.resolve("tmp"))) {
            return files.filter(file -> file.getFileName().toString().startsWith("xenolith")).toList();
        }
    }

    @Test
    void aSimulatedPoolCanBeAddedAndLeavesNothingWhenItIsInterrupted() throws Exception {
        var xenolith = Xenolith.at(folder.resolve("repository"));
        try (var simulated = xenolith.start("xen-sim", "--nbd", "--release", "8.3", "--hosts", "2")) {
            var shown = simulated.ready();
            assertEquals(1, temporary().size());
            xenolith.with("XENOLITH_POOL_PASSWORD", shown.get("password").stringValue()).ok("init");
            xenolith.ok("pool", "add", "sim", shown.get("url").stringValue(), "--fingerprint",
                    shown.get("fingerprint").stringValue(), "--user", shown.get("user").stringValue());
            var tested = xenolith.json("pool", "test", "sim");
            assertEquals(2, tested.get("hosts").size());
            assertEquals("XCP-ng 8.3.0", tested.get("hosts").get(0).get("product").stringValue());
            assertTrue(tested.get("nbd").booleanValue());
            assertEquals(2, xenolith.json("vm", "list", "--pool", "sim").get("vms").size());
            simulated.end();
            assertEquals(130, simulated.exitCode(), simulated.err());
            assertEquals(List.of(), temporary());
        }
    }

    @Test
    void whatItCannotSimulateIsToldAndNothingIsLeft() throws IOException {
        var xenolith = Xenolith.at(folder);
        xenolith.fails(2, List.of("no version 9.9"), "xen-sim", "--release", "9.9");
        xenolith.fails(2, List.of("no fault begins with 'explode'"), "xen-sim", "--fault", "explode");
        xenolith.fails(2, List.of("--hosts"), "xen-sim", "--hosts", "0");
        assertEquals(List.of(), temporary());
    }
}
