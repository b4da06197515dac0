package io.xenolith.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.xenolith.sim.fault.Fault;
import java.net.ConnectException;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Starting, using and closing a pool from Java.
class SimulatedPoolTest {
    @TempDir
    Path directory;

    @Test
    void closingEndsStalledCallsAndFreesThePort() throws Exception {
        var pool = SimulatedPool.builder().directory(directory).start();
        var url = pool.url();
        var vm = Guests.web(pool);
        pool.faults().order(Fault.parse("stall VM.snapshot 1 3600000"));
        try (var client = JsonClient.login(pool)) {
            client.call("Async.VM.snapshot", client.ref("VM.get_by_uuid", vm.uuid()), "never");
            Assertions.assertTimeoutPreemptively(Duration.ofSeconds(20), pool::close);
        }
        assertThrows(ConnectException.class, () -> new Socket(url.getHost(), url.getPort()).close());
    }

    @Test
    void aSnapshotIsNotWritten() throws Exception {
        try (var pool = SimulatedPool.builder().directory(directory).start(); var client = JsonClient.login(pool)) {
            var disk = pool.addVm("db-01", 4 * Guests.MIB).disks().getFirst();
            var snapshot = client.ref("VDI.get_uuid", client.ref("VDI.snapshot", client.ref("VDI.get_by_uuid", disk.uuid())));
            var e = assertThrows(IllegalStateException.class, () -> pool.disk(snapshot).write(0, (byte) 1));
            assertTrue(e.getMessage().contains(snapshot), e.getMessage());
        }
    }

    @Test
    void theMainStartsAPoolWithTwoVms() throws Exception {
        try (var pool = SimulatedPoolMain.start("--version", "7.3", "--directory", directory.toString(),
                        "--fault", "fail VM.start 1 X");
                var client = JsonClient.login(pool)) {
            assertEquals(XenVersion.XENSERVER_7_3, pool.version());
            assertEquals(1, client.call("VM.get_by_name_label", "web-01").size());
            assertEquals(1, client.call("VM.get_by_name_label", "db-01").size());
            assertEquals("8", client.call("host.get_all_records").iterator().next().get("API_version_minor").toString());
            assertEquals(404, client.get("/export_raw_vdi", Map.of("format", "tar", "vdi",
                    client.call("VDI.get_by_name_label", "db-01 disk 0").get(0).stringValue())).statusCode());
        }
    }
}
