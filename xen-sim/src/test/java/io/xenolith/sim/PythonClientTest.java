package io.xenolith.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// The pool as Python's standard library sees it. What is checked stands in `peer.py`.
class PythonClientTest {
    @TempDir
    Path directory;

    private SimulatedPool pool;
    private SimulatedVm vm;

    @BeforeEach
    void startPool() throws IOException {
        start(XenVersion.XCP_NG_8_2);
    }

    private void start(XenVersion version) throws IOException {
        pool = SimulatedPool.builder().directory(directory).version(version).slowScans(true).start();
        vm = Guests.web(pool);
    }

    @AfterEach
    void closePool() throws IOException {
        pool.close();
    }

    private void check(String name, Object... arguments) throws IOException, InterruptedException {
        var command = new ArrayList<>(List.of("python3", Path.of("src/test/python/peer.py").toAbsolutePath().toString(),
                pool.url().toString(), pool.user(), pool.password(), pool.fingerprint(), name));
        for (var argument : arguments) {
            command.add(argument.toString());
        }
        Peer.run(directory, command);
    }

    @Test
    void theCertificateHasTheFingerprintThatThePoolTells() throws Exception {
        check("certificate");
    }

    @Test
    void recordsHaveTheTypesOfTheWire() throws Exception {
        check("records");
    }

    @Test
    void eventsTellWhatChangedSinceAToken() throws Exception {
        check("events");
    }

    @Test
    void changedBlocksAreThoseThatTheGuestWroteBetweenTwoSnapshots() throws Exception {
        snapshotTwice();
        check("changed_blocks");
    }

    @Test
    void aDeltaOverItsBaseIsTheNewerDisk() throws Exception {
        snapshotTwice();
        check("vhd_delta");
    }

    /// Takes the snapshots `first` and `second`; between them the guest writes blocks 0, 3 and 9.
    private void snapshotTwice() throws Exception {
        try (var client = JsonClient.login(pool)) {
            var web = client.ref("VM.get_by_uuid", vm.uuid());
            var disk = vm.disks().getFirst();
            client.call("VDI.enable_cbt", client.ref("VDI.get_by_uuid", disk.uuid()));
            client.call("VM.snapshot", web, "first");
            for (int block : new int[] {0, 3, 9}) {
                disk.write(block * 65536L + 100, Guests.noise(700));
            }
            client.call("VM.snapshot", web, "second");
        }
    }

    @Test
    void dataDestroyKeepsTheLogAndNothingElse() throws Exception {
        check("data_destroy");
    }

    @ParameterizedTest
    @EnumSource(value = XenVersion.class, names = {"XENSERVER_8_0", "XCP_NG_8_3"})
    void anExportedVmIsATarThatImportsAgain(XenVersion version) throws Exception {
        pool.close();
        start(version);
        check("export");
    }

    @Test
    void recordsOfAChunkedImportLandAtTheirOffsets() throws Exception {
        check("chunked_import");
    }

    @Test
    void qemuReadsAnExportedVhd() throws Exception {
        var vhd = directory.resolve("disk.vhd");
        var raw = directory.resolve("disk.raw");
        check("vhd_file", vhd, raw);
        // qemu goes by the geometry for a creator it does not know, which cuts the end off; force_size makes it read it all
        var image = "driver=vpc,force_size_calc=current_size,file.driver=file,file.filename=" + vhd;
        var expected = "driver=raw,file.driver=file,file.filename=" + raw;
        Peer.run(directory, List.of("qemu-img", "compare", "--image-opts", image, expected));
        assertEquals(8 * Guests.MIB, Files.size(raw));
    }

    @Test
    void anExportIsReadOverEncryptedNbd() throws Exception {
        pool.serveNbd(true);
        check("nbd");
    }

    @Test
    void nbdKnowsFewOptionsAndNoneBeforeTls() throws Exception {
        pool.serveNbd(true);
        check("nbd_options");
    }

    @Test
    void anExportIsReadInClearWhereThePoolAllowsIt() throws Exception {
        pool.serveNbd(false);
        check("nbd_in_clear");
    }

    @Test
    void nbdTakesSixteenConnectionsAndWholeSectors() throws Exception {
        pool.serveNbd(true);
        check("nbd_limits");
    }
}
