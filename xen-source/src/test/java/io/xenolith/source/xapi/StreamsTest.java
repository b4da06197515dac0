package io.xenolith.source.xapi;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.xenolith.engine.Seed;
import io.xenolith.engine.SeedExtension;
import io.xenolith.sim.SimulatedDisk;
import io.xenolith.sim.SimulatedPool;
import io.xenolith.sim.fault.Fault;
import io.xenolith.sim.pool.SrKind;
import io.xenolith.source.xapi.error.BusyException;
import io.xenolith.source.xapi.error.GoneException;
import io.xenolith.source.xapi.error.XapiException;
import io.xenolith.source.xapi.http.RequestTooLargeException;
import io.xenolith.source.xapi.records.Ref;
import io.xenolith.source.xapi.records.Vdi;
import io.xenolith.source.xapi.task.TaskListener;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Exports and imports against the simulated pool.
class StreamsTest extends SimulatedPoolTest {
    private static final int SIZE = (int) (4 * MIB);

    private SimulatedDisk disk;

    private Ref<Vdi> disk(Xapi xapi) throws IOException, InterruptedException {
        return xapi.vdis().byUuid(disk.uuid()).ref();
    }

    private byte[] filled(Random random) throws IOException {
        var content = new byte[SIZE];
        random.nextBytes(content);
        disk.write(0, content);
        return content;
    }

    private void startWithDisk() throws IOException {
        start(SimulatedPool.builder());
        disk = pool.addVm("vm", SIZE).disks().getFirst();
    }

    @Test
    @ExtendWith(SeedExtension.class)
    void aDiskComesOutAsItIs(Seed seed) throws Exception {
        startWithDisk();
        var content = filled(seed.random());
        try (var xapi = login(); var export = xapi.exports().rawVdi(disk(xapi), DiskFormat.RAW)) {
            assertArrayEquals(content, export.readNBytes(SIZE));
            export.finish();
        }
    }

    @Test
    @ExtendWith(SeedExtension.class)
    void aDiskGoesInAsItIs(Seed seed) throws Exception {
        startWithDisk();
        var content = new byte[SIZE];
        var random = seed.random();
        random.nextBytes(content);
        try (var xapi = login(); var upload = xapi.imports().rawVdi(disk(xapi), DiskFormat.RAW, SIZE)) {
            for (int at = 0; at < SIZE; ) {
                int count = Math.min(SIZE - at, 1 + random.nextInt(1 << random.nextInt(20)));
                upload.write(content, at, count);
                at += count;
            }
            assertEquals(disk(xapi), upload.finish());
        }
        assertArrayEquals(content, disk.read(0, SIZE));
    }

    @Test
    @ExtendWith(SeedExtension.class)
    void piecesGoWhereTheyBelongAndTheRestStays(Seed seed) throws Exception {
        startWithDisk();
        var content = filled(seed.random());
        var random = seed.random(1);
        try (var xapi = login(); var upload = xapi.imports().sparseVdi(disk(xapi))) {
            for (int i = 0; i < 10; i++) {
                int offset = random.nextInt(SIZE / 512) * 512;
                int length = Math.min(SIZE - offset, (1 + random.nextInt(5000)) * 512);
                var piece = new byte[length];
                random.nextBytes(piece);
                System.arraycopy(piece, 0, content, offset, length);
                upload.write(offset, ByteBuffer.wrap(piece));
            }
            assertThrows(IllegalArgumentException.class, () -> upload.write(100, ByteBuffer.allocate(512)));
            assertThrows(IllegalArgumentException.class, () -> upload.write(0, ByteBuffer.allocate(100)));
            upload.finish();
        }
        assertArrayEquals(content, disk.read(0, SIZE));
    }

    @Test
    void aVhdBeginsAndEndsLikeOne() throws Exception {
        startWithDisk();
        disk.write(MIB, (byte) 1);
        try (var xapi = login(); var export = xapi.exports().rawVdi(disk(xapi), DiskFormat.VHD)) {
            var vhd = export.readAllBytes();
            export.finish();
            assertEquals("conectix", new String(vhd, 0, 8, StandardCharsets.US_ASCII));
            assertEquals("conectix", new String(vhd, vhd.length - 512, 8, StandardCharsets.US_ASCII));
        }
    }

    @Test
    void aVmGoesOutAndComesBack() throws Exception {
        startWithDisk();
        disk.write(MIB, (byte) 7);
        try (var xapi = login()) {
            var vm = xapi.vms().byName("vm").getFirst();
            byte[] xva;
            try (var export = xapi.exports().vm(vm.ref(), Exports.Compression.NONE)) {
                xva = export.readAllBytes();
                export.finish();
            }
            var storage = xapi.pools().only().defaultSr();
            try (var upload = xapi.imports().vm(storage, Imports.Identity.NEW, xva.length)) {
                upload.write(xva);
                var made = xapi.vms().existing(upload.finish());
                assertEquals(List.of("vm"), made.stream().map(each -> each.name()).toList());
            }
            assertEquals(2, xapi.vms().byName("vm").size());
        }
    }

    @Test
    void aVmsDescriptionIsATarThatBeginsWithOvaXml() throws Exception {
        startWithDisk();
        try (var xapi = login()) {
            var tar = xapi.exports().metadata(xapi.vms().byName("vm").getFirst().ref());
            assertEquals("ova.xml\0", new String(tar, 0, 8, StandardCharsets.US_ASCII));
        }
    }

    @Test
    void moreMappedDisksThanAHeadHoldsAreRefusedHere() throws Exception {
        startWithDisk();
        try (var xapi = login()) {
            var disks = new HashMap<String, String>();
            for (int i = 0; i < 12; i++) {
                disks.put(UUID.randomUUID().toString(), UUID.randomUUID().toString());
            }
            assertThrows(RequestTooLargeException.class,
                    () -> xapi.imports().metadata(new byte[1024], Imports.Identity.NEW, disks));
        }
    }

    @Test
    @ExtendWith(SeedExtension.class)
    void anotherHostThatSeesTheStorageIsFollowedInto(Seed seed) throws Exception {
        // given a disk on a storage that only the first host has, and another coordinator
        start(SimulatedPool.builder().hosts(2));
        disk = pool.addVm("vm").addDisk(SIZE, pool.addStorage("local", SrKind.EXT, 1L << 30));
        var content = filled(seed.random());
        pool.changeMaster(1);
        // when only the coordinator's certificate is trusted
        try (var xapi = login(1, TIMEOUTS, TaskListener.NONE)) {
            // then the pool vouches for the other's
            try (var export = xapi.exports().rawVdi(disk(xapi), DiskFormat.RAW)) {
                assertArrayEquals(content, export.readAllBytes());
                export.finish();
            }
            try (var upload = retried(() -> xapi.imports().rawVdi(disk(xapi), DiskFormat.RAW, SIZE))) {
                upload.write(new byte[SIZE]);
                upload.finish();
            }
        }
        assertArrayEquals(new byte[SIZE], disk.read(0, SIZE));
    }

    private interface Opening<T> {
        T open() throws Exception;
    }

    /// A host detaches what was exported a little later.
    private static <T> T retried(Opening<T> opening) throws Exception {
        for (int attempt = 0; true; attempt++) {
            try {
                return opening.open();
            } catch (BusyException e) {
                if (attempt == 50) {
                    throw e;
                }
                Thread.sleep(100);
            }
        }
    }

    @Test
    void aFailureBehindAPromiseOfSuccessIsTheFailure() throws Exception {
        // given a base that does not exist, which the host notices once it has promised a disk
        startWithDisk();
        var nobody = new Ref<Vdi>("OpaqueRef:" + UUID.randomUUID());
        try (var xapi = login(); var export = xapi.exports().rawVdiSince(nobody, disk(xapi))) {
            var e = assertThrows(GoneException.class, export::readAllBytes);
            assertEquals(List.of("VDI", nobody.value()), e.parameters());
        }
    }

    @Test
    void aDiskThatBeginsLikeAnAnswerIsADisk() throws Exception {
        startWithDisk();
        disk.write(0, "HTTP/1.1 500 Internal Error\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        try (var xapi = login(); var export = xapi.exports().rawVdi(disk(xapi), DiskFormat.RAW)) {
            assertArrayEquals(disk.read(0, SIZE), export.readAllBytes());
            export.finish();
        }
    }

    @Test
    void anExportThatIsCutIsNotFinished() throws Exception {
        startWithDisk();
        pool.faults().order(new Fault.DropStream("/export_raw_vdi", 3 * MIB), 1);
        try (var xapi = login(); var export = xapi.exports().rawVdi(disk(xapi), DiskFormat.RAW)) {
            assertThrows(IOException.class, () -> {
                export.readAllBytes(); // may look like an end
                export.finish();
            });
        }
    }

    @Test
    void anImportThatIsCutIsNotFinished() throws Exception {
        startWithDisk();
        pool.faults().order(new Fault.DropStream("/import_raw_vdi", MIB), 1);
        try (var xapi = login(); var upload = xapi.imports().rawVdi(disk(xapi), DiskFormat.RAW, SIZE)) {
            assertThrows(IOException.class, () -> {
                upload.write(new byte[SIZE]);
                upload.finish();
            });
        }
    }

    @Test
    void anExportThatIsGivenUpLeavesNoTask() throws Exception {
        startWithDisk();
        filled(new Random(1));
        try (var xapi = login(); var export = xapi.exports().rawVdi(disk(xapi), DiskFormat.RAW)) {
            export.readNBytes(1000);
        }
    }

    @Test
    void anImportThatIsGivenUpLeavesNoTask() throws Exception {
        startWithDisk();
        try (var xapi = login(); var upload = xapi.imports().rawVdi(disk(xapi), DiskFormat.RAW, SIZE)) {
            upload.write(new byte[1000]);
            assertThrows(IllegalStateException.class, upload::finish);
            assertThrows(IllegalStateException.class, () -> upload.write(new byte[SIZE]));
        }
    }

    @Test
    void whatCannotBeExportedIsToldByItsCode() throws Exception {
        startWithDisk();
        try (var xapi = login()) {
            var nobody = new Ref<Vdi>("OpaqueRef:" + UUID.randomUUID());
            assertThrows(XapiException.class, () -> xapi.exports().rawVdi(nobody, DiskFormat.RAW));
            assertThrows(IOException.class, () -> xapi.exports().rawVdi(disk(xapi), DiskFormat.QCOW2));
        }
    }

    @Test
    void aStreamOpensInANewSessionWhenTheOldOneIsLost() throws Exception {
        startWithDisk();
        try (var xapi = login()) {
            var ref = disk(xapi);
            pool.faults().failCall("task.add_to_other_config", 1, "RBAC_PERMISSION_DENIED", "task.add_to_other_config");
            pool.loseSessions();
            try (var export = xapi.exports().rawVdi(ref, DiskFormat.RAW)) {
                assertEquals(SIZE, export.readAllBytes().length);
                assertTrue(xapi.tasks().left().stream().allMatch(task -> task.name().startsWith("xenolith: ")));
                assertEquals(1, xapi.tasks().left().size());
                export.finish();
            }
        }
    }
}
