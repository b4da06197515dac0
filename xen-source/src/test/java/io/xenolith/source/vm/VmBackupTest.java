package io.xenolith.source.vm;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.xenolith.engine.Progress;
import io.xenolith.engine.Seed;
import io.xenolith.engine.SeedExtension;
import io.xenolith.engine.chunk.ChunkIdentity;
import io.xenolith.engine.chunk.Chunking;
import io.xenolith.engine.point.Consistency;
import io.xenolith.engine.point.Level;
import io.xenolith.engine.point.PointDisk;
import io.xenolith.engine.point.RestorePoint;
import io.xenolith.engine.restore.MappedDisk;
import io.xenolith.engine.store.MemoryChunkStore;
import io.xenolith.sim.SimulatedPool;
import io.xenolith.sim.SimulatedVm;
import io.xenolith.sim.XenVersion;
import io.xenolith.sim.fault.Fault;
import io.xenolith.source.xapi.Credentials;
import io.xenolith.source.xapi.Xapi;
import io.xenolith.source.xapi.http.Fingerprint;
import io.xenolith.source.xapi.http.HostAddress;
import io.xenolith.source.xapi.http.Trust;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Backups of machines of a simulated pool, by every method and level.
@ExtendWith(SeedExtension.class)
class VmBackupTest {

    private static final long MIB = 1 << 20;
    private static final Instant NOON = Instant.parse("2026-11-20T12:00:00Z");

    @TempDir
    private Path directory;

    private final MemoryChunkStore store = new MemoryChunkStore(new Chunking(16 << 10), ChunkIdentity.plain());
    private final List<RestorePoint> points = new ArrayList<>();
    private final List<KeptBase> bases = new ArrayList<>();
    private SimulatedPool pool;
    private SimulatedVm vm;

    @AfterEach
    void end() throws IOException {
        if (pool != null) {
            pool.close();
        }
    }

    /// A running machine with two disks that hold something.
    private void start(SimulatedPool.Builder builder, Random random) throws IOException {
        pool = builder.directory(directory).start();
        pool.serveNbd(true);
        vm = pool.addVm("web", 10 * MIB, 6 * MIB);
        vm.setPowerState("Running");
        change(random, 5);
    }

    private void change(Random random, int writes) throws IOException {
        for (var disk : vm.disks()) {
            for (int i = 0; i < writes; i++) {
                var bytes = new byte[random.nextInt(1, 200_000)];
                random.nextBytes(bytes);
                disk.write(random.nextLong(disk.size() - bytes.length), bytes);
            }
        }
    }

    private Xapi login() throws Exception {
        return Xapi.login(HostAddress.parse(pool.url().toString()), Trust.pinned(Fingerprint.parse(pool.fingerprint())),
                new Credentials(pool.user(), pool.password().toCharArray()));
    }

    private static BackupRequest request(BackupMethod method, Level level) {
        return new BackupRequest(method, Optional.ofNullable(level), BaseKind.SNAPSHOT, List.of(), false, List.of(), List.of(), 2,
                false);
    }

    private RestorePoint backup(BackupMethod method, Level level) throws Exception {
        return backup(request(method, level));
    }

    private RestorePoint backup(BackupRequest request) throws Exception {
        try (var xapi = login()) {
            var context = new VmBackup.Context(xapi, "repository-1", new NbdDoor(request.connections(), false), directory, request);
            try (var backup = VmBackup.begin(context, xapi.vms().byUuid(vm.uuid()), history())) {
                var disks = backup.ingest(store, 2, Progress.NONE, new Random(7));
                var files = backup.files();
                var point = new RestorePoint("%016x".formatted(points.size() + 1), backup.machine(),
                        NOON.plusSeconds(points.size()), backup.level(), backup.consistency(), disks, List.of(),
                        backup.skipped(), backup.notes(), List.of(), backup.base(), 1, "test");
                points.add(point);
                bases.add(files.containsKey(KeptBase.FILE) ? KeptBase.decode(files.get(KeptBase.FILE)) : null);
                backup.committed();
                return point;
            }
        }
    }

    private History history() {
        return new History(newest(false), newest(true));
    }

    private Optional<Previous> newest(boolean full) {
        for (int i = points.size() - 1; i >= 0; i--) {
            if (bases.get(i) != null && (!full || points.get(i).level() == Level.FULL)) {
                return Optional.of(new Previous(points.get(i), bases.get(i)));
            }
        }
        return Optional.empty();
    }

    private void assertHoldsTheDisks(RestorePoint point) throws IOException {
        var disks = vm.disks();
        assertEquals(disks.size(), point.disks().size());
        for (int i = 0; i < disks.size(); i++) {
            var stored = point.disks().get(i);
            assertEquals(disks.get(i).uuid(), stored.uuid().orElseThrow());
            var mapped = MappedDisk.open(store.nodes(), store.chunks(), stored.root());
            var bytes = ByteBuffer.allocate((int) mapped.size());
            mapped.read(0, bytes);
            assertArrayEquals(disks.get(i).read(0, (int) disks.get(i).size()), bytes.array(), stored.name());
        }
    }

    /// Nothing but the kept base is left.
    private void assertOnlyTheBaseIsLeft(int snapshots) throws Exception {
        var left = pool.leftovers();
        assertEquals(snapshots, left.snapshots().size(), left.toString());
        assertEquals(snapshots * vm.disks().size(), left.snapshotVdis().size(), left.toString());
        assertTrue(left.tasks().isEmpty() && left.sessions().isEmpty(), left.toString());
        for (int i = 0; i < 50 && !pool.leftovers().controlDomainVbds().isEmpty(); i++) {
            Thread.sleep(50); // a host detaches a moment after the last connection
        }
        assertEquals(List.of(), pool.leftovers().controlDomainVbds());
    }

    @ParameterizedTest
    @EnumSource(BackupMethod.class)
    void everyMethodAtEveryLevelHoldsTheDisksToTheByte(BackupMethod method, Seed seed) throws Exception {
        var random = seed.random();
        start(SimulatedPool.builder(), random);

        var full = backup(method, Level.FULL);
        assertEquals(Level.FULL, full.level());
        assertHoldsTheDisks(full);
        assertOnlyTheBaseIsLeft(1);

        change(random, 3);
        var increment = backup(method, Level.INC);
        assertEquals(Level.INC, increment.level());
        assertEquals(Optional.of(full.id()), increment.base());
        assertHoldsTheDisks(increment);
        assertOnlyTheBaseIsLeft(1);

        change(random, 2);
        var copy = backup(method, Level.COPY);
        assertEquals(Level.COPY, copy.level());
        assertHoldsTheDisks(copy);
        assertOnlyTheBaseIsLeft(1);

        var again = backup(method, null);
        assertEquals(Level.INC, again.level());
        assertEquals(Optional.of(increment.id()), again.base());
        assertEquals(copy.disks().stream().map(PointDisk::root).toList(), again.disks().stream().map(PointDisk::root).toList());
    }

    @Test
    void aDifferentialCountsFromTheLastFull(Seed seed) throws Exception {
        var random = seed.random();
        start(SimulatedPool.builder(), random);
        var full = backup(BackupMethod.CBT, Level.FULL);
        for (int day = 0; day < 2; day++) {
            change(random, 1);
            var differential = backup(BackupMethod.CBT, Level.DIFF);
            assertEquals(Level.DIFF, differential.level());
            assertEquals(Optional.of(full.id()), differential.base());
            assertHoldsTheDisks(differential);
            assertOnlyTheBaseIsLeft(1);
        }
    }

    @Test
    void anIncrementReadsWhatChangedAndASample(Seed seed) throws Exception {
        start(SimulatedPool.builder(), seed.random());
        backup(BackupMethod.CBT, Level.FULL);
        vm.disks().getFirst().write(5 * MIB + 1000, new byte[] {1, 2, 3});
        var increment = backup(BackupMethod.CBT, Level.INC);
        assertHoldsTheDisks(increment);
        assertEquals(Optional.empty(), increment.disks().getFirst().wholeReason());
        assertTrue(increment.disks().getFirst().bytesRead() < vm.disks().getFirst().size(),
                "%d bytes read".formatted(increment.disks().getFirst().bytesRead()));
    }

    @Test
    void theBaseCanBeMetadataOnly(Seed seed) throws Exception {
        var random = seed.random();
        start(SimulatedPool.builder(), random);
        var request = new BackupRequest(BackupMethod.CBT, Optional.empty(), BaseKind.CBT_METADATA, List.of(), false, List.of(),
                List.of(), 2, false);
        for (int day = 0; day < 3; day++) {
            change(random, 2);
            var point = backup(request);
            assertEquals(day == 0 ? Level.FULL : Level.INC, point.level(), point.notes().toString());
            assertHoldsTheDisks(point);
            var left = pool.leftovers();
            assertEquals(List.of(), left.snapshots());
            assertEquals(2, left.snapshotVdis().size(), left.toString());
        }
    }

    @ParameterizedTest
    @EnumSource(XenVersion.class)
    void everyVersionIsBackedUp(XenVersion version, Seed seed) throws Exception {
        var random = seed.random();
        start(SimulatedPool.builder().version(version), random);
        assertHoldsTheDisks(backup(BackupMethod.AUTO, null));
        change(random, 2);
        var second = backup(BackupMethod.AUTO, null);
        assertEquals(Level.INC, second.level(), second.notes().toString());
        assertHoldsTheDisks(second);
    }

    @Test
    void withoutNbdChangesComeAsVhd(Seed seed) throws Exception {
        var random = seed.random();
        pool = SimulatedPool.builder().directory(directory).start();
        vm = pool.addVm("web", 10 * MIB);
        change(random, 4);
        backup(BackupMethod.AUTO, null);
        change(random, 1);
        var second = backup(BackupMethod.AUTO, null);
        assertEquals(Level.INC, second.level());
        assertHoldsTheDisks(second);
        assertTrue(second.disks().getFirst().bytesRead() < 10 * MIB);
    }

    @Test
    void aLostBaseMeansAFullThatSaysWhy(Seed seed) throws Exception {
        var random = seed.random();
        start(SimulatedPool.builder(), random);
        backup(BackupMethod.CBT, Level.FULL);
        for (var disk : bases.getFirst().disks()) {
            pool.disk(disk.snapshot()).destroy();
        }
        change(random, 1);
        var second = backup(BackupMethod.AUTO, null);
        assertEquals(Level.FULL, second.level());
        assertTrue(second.notes().toString().contains("no longer has the snapshot"), second.notes().toString());
        assertHoldsTheDisks(second);
    }

    @Test
    void spoiledTrackingFallsBackToADifferencingVhd(Seed seed) throws Exception {
        var random = seed.random();
        start(SimulatedPool.builder(), random);
        backup(BackupMethod.CBT, Level.FULL);
        change(random, 1);
        vm.disks().getFirst().spoilTracking();
        var second = backup(BackupMethod.AUTO, null);
        assertHoldsTheDisks(second);
        assertEquals(Level.INC, second.level());
    }

    @Test
    void aBitmapThatLiesIsCaughtByTheSample(Seed seed) throws Exception {
        start(SimulatedPool.builder(), seed.random());
        backup(BackupMethod.CBT, Level.FULL);
        var disk = vm.disks().get(1);
        for (int block = 0; block < disk.size() / 65536; block += 2) { // half of the disk, so that the sample must find one
            pool.faults().order(Fault.parse("hide %s %d".formatted(disk.uuid(), block)));
            disk.write(block * 65536L, new byte[] {42});
        }
        var second = backup(BackupMethod.CBT, Level.INC);
        assertHoldsTheDisks(second);
        assertTrue(second.disks().get(1).wholeReason().orElseThrow().contains("the list of changes is wrong"));
    }

    @Test
    void aDroppedStreamGoesOnAnotherWay(Seed seed) throws Exception {
        start(SimulatedPool.builder(), seed.random());
        pool.faults().order(Fault.parse("drop /export_raw_vdi 1 100000"));
        var point = backup(BackupMethod.RAW, Level.FULL);
        assertHoldsTheDisks(point);
        assertTrue(point.disks().stream().anyMatch(disk -> disk.wholeReason().isPresent()), point.disks().toString());
        assertOnlyTheBaseIsLeft(1);
    }

    @Test
    void aFailureLeavesNothingBehind(Seed seed) throws Exception {
        start(SimulatedPool.builder(), seed.random());
        pool.faults().order(Fault.parse("drop /export_raw_vdi 100 100000"));
        assertThrows(IOException.class, () -> backup(BackupMethod.RAW, Level.FULL));
        assertTrue(points.isEmpty());
        assertOnlyTheBaseIsLeft(0);
    }

    @Test
    void aFailingSnapshotLeavesNothingBehind(Seed seed) throws Exception {
        start(SimulatedPool.builder(), seed.random());
        pool.faults().order(Fault.parse("fail VM.snapshot 1 SR_BACKEND_FAILURE_82 \"\" boom \"\""));
        assertThrows(IOException.class, () -> backup(BackupMethod.AUTO, null));
        assertOnlyTheBaseIsLeft(0);
    }

    @Test
    void disksAreLeftOutByNameAndSaidToBe(Seed seed) throws Exception {
        start(SimulatedPool.builder(), seed.random());
        var request = new BackupRequest(BackupMethod.AUTO, Optional.empty(), BaseKind.SNAPSHOT, List.of("xvdb"), false, List.of(),
                List.of(), 2, false);
        var point = backup(request);
        assertEquals(List.of("xvda"), point.disks().stream().map(PointDisk::name).toList());
        assertTrue(point.skipped().stream().anyMatch(skipped -> skipped.name().equals("xvdb")), point.skipped().toString());
        assertTrue(point.skipped().stream().anyMatch(skipped -> skipped.reason().contains("CD drive")));
        var unknown = new BackupRequest(BackupMethod.AUTO, Optional.empty(), BaseKind.SNAPSHOT, List.of("xvdz"), false, List.of(),
                List.of(), 2, false);
        assertThrows(VmNotReadyException.class, () -> backup(unknown));
    }

    @Test
    void commandsRunAroundTheSnapshot(Seed seed) throws Exception {
        start(SimulatedPool.builder(), seed.random());
        var file = directory.resolve("said");
        var request = new BackupRequest(BackupMethod.AUTO, Optional.empty(), BaseKind.SNAPSHOT, List.of(), false,
                List.of(hook("echo before $XENOLITH_VM >> " + file, true)), List.of(hook("echo after >> " + file, true)), 2, false);
        var point = backup(request);
        assertEquals(Consistency.SCRIPTED, point.consistency());
        assertEquals(List.of("before web", "after"), Files.readAllLines(file));
    }

    @Test
    void aRequiredCommandThatFailsEndsTheBackup(Seed seed) throws Exception {
        start(SimulatedPool.builder(), seed.random());
        for (boolean before : new boolean[] {true, false}) {
            var failing = List.of(hook("echo no luck; exit 3", true));
            var request = new BackupRequest(BackupMethod.AUTO, Optional.empty(), BaseKind.SNAPSHOT, List.of(), false,
                    before ? failing : List.of(), before ? List.of() : failing, 2, false);
            var e = assertThrows(IOException.class, () -> backup(request));
            assertTrue(e.getMessage().contains("ended with 3 and said: no luck"), e.getMessage());
            assertOnlyTheBaseIsLeft(0);
        }
        var lenient = new BackupRequest(BackupMethod.AUTO, Optional.empty(), BaseKind.SNAPSHOT, List.of(), false,
                List.of(new Hook("sleep 60", Optional.empty(), Duration.ofMillis(200), false)), List.of(), 2, false);
        var point = backup(lenient);
        assertEquals(Consistency.CRASH, point.consistency());
        assertTrue(point.notes().toString().contains("took more than"), point.notes().toString());
    }

    private static Hook hook(String command, boolean required) {
        return new Hook(command, Optional.empty(), Duration.ofSeconds(20), required);
    }

    @Test
    void quiescingFallsBackToAPlainSnapshotWithANote(Seed seed) throws Exception {
        start(SimulatedPool.builder().version(XenVersion.XCP_NG_8_2), seed.random());
        var request = new BackupRequest(BackupMethod.AUTO, Optional.empty(), BaseKind.SNAPSHOT, List.of(), true, List.of(),
                List.of(), 2, false);
        var point = backup(request);
        assertEquals(Consistency.CRASH, point.consistency());
        assertTrue(point.notes().toString().contains("not brought to rest"), point.notes().toString());
    }

    @Test
    void aGuestOfAnOldHostIsBroughtToRest(Seed seed) throws Exception {
        start(SimulatedPool.builder().version(XenVersion.XENSERVER_7_3), seed.random());
        var request = new BackupRequest(BackupMethod.AUTO, Optional.empty(), BaseKind.SNAPSHOT, List.of(), true, List.of(),
                List.of(), 2, false);
        var point = backup(request);
        assertEquals(Consistency.QUIESCED, point.consistency(), point.notes().toString());
        assertHoldsTheDisks(point);
    }

    @Test
    void aSessionThatIsLostIsMadeAnewAndNothingIsLeftBehind(Seed seed) throws Exception {
        start(SimulatedPool.builder(), seed.random());
        try (var xapi = login()) {
            pool.loseSessions();
            var context = new VmBackup.Context(xapi, "repository-1", new NbdDoor(2, false), directory,
                    request(BackupMethod.CBT, Level.FULL));
            try (var backup = VmBackup.begin(context, xapi.vms().byUuid(vm.uuid()), History.NONE)) {
                assertEquals(2, backup.ingest(store, 2, Progress.NONE, new Random(7)).size());
                pool.loseSessions();
                backup.files();
                backup.committed();
            }
        }
        assertOnlyTheBaseIsLeft(1);
    }

    @Test
    void aDroppedNbdConnectionIsMadeAnew(Seed seed) throws Exception {
        start(SimulatedPool.builder(), seed.random());
        pool.faults().order(Fault.parse("drop nbd 2 300000"));
        assertHoldsTheDisks(backup(BackupMethod.CBT, Level.FULL));
        assertOnlyTheBaseIsLeft(1);
    }

    @Test
    void aFullStorageIsNoticedBeforeTheSnapshot(Seed seed) throws Exception {
        start(SimulatedPool.builder(), seed.random());
        pool.fillStorage(pool.defaultStorage());
        var e = assertThrows(VmNotReadyException.class, () -> backup(BackupMethod.AUTO, null));
        assertTrue(e.getMessage().contains("make room"), e.getMessage());
        assertOnlyTheBaseIsLeft(0);
    }

    @Test
    void whatACrashLeftIsSweptAndWhatOthersMadeIsNot(Seed seed) throws Exception {
        start(SimulatedPool.builder(), seed.random());
        try (var xapi = login()) {
            var machine = xapi.vms().byUuid(vm.uuid());
            xapi.vms().snapshot(machine.ref(), "somebody else's", List.of());
            var crashed = xapi.vms().snapshot(machine.ref(), "xenolith of a dead process", List.of());
            new OwnSnapshots(xapi, "repository-1").markWorking(crashed);
            xapi.vms().putOtherConfig(crashed, OwnSnapshots.OWNER,
                    xapi.vms().get(crashed).otherConfig().get(OwnSnapshots.OWNER).replaceFirst(" .*", " 999999999 never"));
        }
        var point = backup(BackupMethod.AUTO, null);
        assertTrue(point.notes().toString().contains("1 snapshots that interrupted backups had left"), point.notes().toString());
        assertOnlyTheBaseIsLeft(2); // the base, and somebody else's
    }

    @Test
    void aPoolThatIsUpgradedIsLeftAlone(Seed seed) throws Exception {
        start(SimulatedPool.builder(), seed.random());
        pool.setUpgrading(true);
        var e = assertThrows(VmNotReadyException.class, () -> backup(BackupMethod.AUTO, null));
        assertTrue(e.getMessage().contains("upgraded"), e.getMessage());
    }

    @Test
    void basesOfOtherRepositoriesAreLeftAlone(Seed seed) throws Exception {
        start(SimulatedPool.builder(), seed.random());
        backup(BackupMethod.CBT, Level.FULL);
        try (var xapi = login()) {
            var context = new VmBackup.Context(xapi, "repository-2", new NbdDoor(2, false), directory,
                    request(BackupMethod.CBT, Level.FULL));
            try (var backup = VmBackup.begin(context, xapi.vms().byUuid(vm.uuid()), History.NONE)) {
                backup.ingest(store, 2, Progress.NONE, new Random(7));
                backup.files();
                backup.committed();
            }
        }
        assertOnlyTheBaseIsLeft(2);
        assertEquals(Level.INC, backup(BackupMethod.CBT, null).level());
    }

    @Test
    void changeTrackingThatTheLicenceLacksIsToldAndWorkedAround(Seed seed) throws Exception {
        start(SimulatedPool.builder().restrict("restrict_cbt"), seed.random());
        var point = backup(BackupMethod.AUTO, null);
        assertHoldsTheDisks(point);
        assertTrue(point.notes().toString().contains("not tracked"), point.notes().toString());
        assertFalse(bases.getFirst().disks().getFirst().tracked());
        assertEquals(Level.INC, backup(BackupMethod.AUTO, null).level());
    }
}
