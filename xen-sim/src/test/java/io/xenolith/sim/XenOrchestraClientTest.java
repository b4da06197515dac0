package io.xenolith.sim;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The pool as Xen Orchestra's own client sees it: calls, tasks, the cache that it keeps by events, streams. The package is
/// fetched once, into the build's directory; where npm or the network is missing, the test is left out.
class XenOrchestraClientTest {
    private static final Path SOURCES = Path.of("src/test/node");
    private static final Path INSTALLED = Path.of("target/node").toAbsolutePath();

    @TempDir
    Path directory;

    @Test
    void xenOrchestrasClientBacksUpAndRestores() throws Exception {
        assumeTrue(isInstalled(), "the package xen-api could not be installed with npm");
        Files.copy(SOURCES.resolve("peer.mjs"), INSTALLED.resolve("peer.mjs"), StandardCopyOption.REPLACE_EXISTING);
        try (var pool = SimulatedPool.builder().directory(directory).version(XenVersion.XCP_NG_8_3).start()) {
            Guests.web(pool);
            var output = Peer.run(INSTALLED, List.of("node", "peer.mjs", pool.url().toString(), pool.user(), pool.password()));
            assertTrue(output.contains("everything holds"), output);
        }
    }

    private static boolean isInstalled() throws IOException, InterruptedException {
        if (Files.isDirectory(INSTALLED.resolve("node_modules/xen-api"))) {
            return true;
        }
        Files.createDirectories(INSTALLED);
        for (var file : List.of("package.json", "package-lock.json")) {
            Files.copy(SOURCES.resolve(file), INSTALLED.resolve(file), StandardCopyOption.REPLACE_EXISTING);
        }
        try {
            var npm = new ProcessBuilder("npm", "ci", "--ignore-scripts", "--omit=optional", "--no-audit", "--no-fund")
                    .directory(INSTALLED.toFile()).redirectErrorStream(true)
                    .redirectOutput(INSTALLED.resolve("npm.log").toFile()).start();
            return npm.waitFor(2, TimeUnit.MINUTES) && npm.exitValue() == 0;
        } catch (IOException _) {
            return false; // there is no npm
        }
    }
}
