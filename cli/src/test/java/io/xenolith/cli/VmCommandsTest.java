package io.xenolith.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.xenolith.sim.SimulatedPool;
import io.xenolith.sim.SimulatedVm;
import io.xenolith.sim.fault.Fault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// From a pool into the repository and back, as a user does it.
class VmCommandsTest {

    private static final long MIB = 1 << 20;

    @TempDir
    Path folder;

    private final Random random = new Random(42);
    private SimulatedPool pool;
    private SimulatedVm web;
    private SimulatedVm db;
    private Xenolith xenolith;

    @BeforeEach
    void aPoolWithTwoMachines() throws IOException {
        pool = SimulatedPool.builder().directory(Files.createDirectory(folder.resolve("pool"))).start();
        pool.serveNbd(true);
        web = pool.addVm("web", 12 * MIB, 4 * MIB);
        db = pool.addVm("db", 8 * MIB);
        web.setPowerState("Running");
        db.setPowerState("Running");
        write(web, 4);
        write(db, 4);
        xenolith = Xenolith.at(folder.resolve("repository")).with("XENOLITH_PASSWORD", "correct horse")
                .with("XENOLITH_POOL_PASSWORD", pool.password());
        xenolith.ok("init", "--encrypt");
        xenolith.ok("pool", "add", "lab", pool.url().toString(), "--user", pool.user(), "--fingerprint", pool.fingerprint());
    }

    @AfterEach
    void end() throws IOException {
        pool.close();
    }

    private void write(SimulatedVm vm, int writes) throws IOException {
        for (var disk : vm.disks()) {
            for (int i = 0; i < writes; i++) {
                var bytes = new byte[random.nextInt(1, 300_000)];
                random.nextBytes(bytes);
                disk.write(random.nextLong(disk.size() - bytes.length), bytes);
            }
        }
    }

    private void assertSameDisks(SimulatedVm expected, SimulatedVm restored) throws IOException {
        var disks = expected.disks();
        assertEquals(disks.size(), restored.disks().size());
        for (int i = 0; i < disks.size(); i++) {
            int size = (int) disks.get(i).size();
            assertArrayEquals(disks.get(i).read(0, size), restored.disks().get(i).read(0, size), "disk " + i);
        }
    }

    private SimulatedVm restored(JsonNode result) throws IOException {
        return pool.vm(result.get("vm").get("uuid").stringValue());
    }

    @Test
    void aMachineGoesThroughItsWholeLife() throws IOException {
        var full = xenolith.json("backup", "vm", "web", "--pool", "lab");
        assertEquals("full", full.get("level").stringValue());
        assertEquals("xvda", full.get("disks").get(0).get("name").stringValue());

        write(web, 2);
        var increment = xenolith.json("backup", "vm", web.uuid(), "--pool", "lab");
        assertEquals("inc", increment.get("level").stringValue());

        var copy = xenolith.json("restore", "web@latest", "--pool", "lab", "--new-name", "web copy", "--verify");
        assertSameDisks(web, restored(copy));
        assertNotEquals(web.uuid(), copy.get("vm").get("uuid").stringValue());

        var archive = xenolith.json("restore", "web@latest", "--pool", "lab", "--new-name", "web archive", "--by", "xva");
        assertSameDisks(web, restored(archive));

        write(web, 1);
        web.setPowerState("Halted");
        var before = xenolith.json("restore", increment.get("point").stringValue(), "--pool", "lab", "--overwrite");
        assertEquals(web.uuid(), before.get("vm").get("uuid").stringValue());
        assertSameDisks(restored(copy), restored(before));

        xenolith.fails(1, List.of("--new-name"), "restore", "web@latest", "--pool", "lab");
        xenolith.ok("verify", "--read-data");
    }

    @Test
    void itComesBackAsAnXvaAndAsImages() throws IOException {
        xenolith.ok("backup", "vm", "web", "--pool", "lab");
        var xva = folder.resolve("web.xva");
        xenolith.ok("restore", "web@latest", "--format", "xva", "-o", xva.toString());
        var again = xenolith.json("backup", "xva", xva.toString(), "--vm", "from xva");
        var first = xenolith.json("show", "web@latest");
        for (int i = 0; i < 2; i++) {
            assertEquals(first.get("disks").get(i).get("root"), again.get("disks").get(i).get("root"));
        }
        assertTrue(xenolith.ok("show", "web@latest", "--metadata").text().contains(web.uuid()));
    }

    @Test
    void templatesAreBackedUpWhenAskedFor() throws IOException {
        xenolith.ok("backup", "vm", "db", "--pool", "lab");
        var template = xenolith.json("restore", "db@latest", "--pool", "lab", "--new-name", "golden", "--as-template");
        xenolith.fails(1, List.of("no machine", "golden"), "backup", "vm", "golden", "--pool", "lab");
        var bases = pool.leftovers().snapshots().size();
        for (int i = 0; i < 2; i++) {
            var backup = xenolith.json("backup", "vm", "golden", "--template", "--pool", "lab");
            assertEquals("full", backup.get("level").stringValue());
        }
        assertEquals(bases, pool.leftovers().snapshots().size());
        var copy = xenolith.json("restore", "golden@latest", "--pool", "lab", "--new-name", "made of it");
        assertSameDisks(db, restored(copy));
        assertSameDisks(db, restored(template));
    }

    @Test
    void severalMachinesGoSideBySideAndFailuresAreNamed() {
        var both = xenolith.json("backup", "vm", "*", "--pool", "lab", "--parallel", "2", "--per-storage", "2");
        assertEquals(2, both.get("points").size());
        assertEquals(0, both.get("failed").size());

        pool.faults().order(Fault.parse("fail VM.snapshot 1 SR_BACKEND_FAILURE_82 \"\" boom \"\""));
        var outcome = xenolith.run("--json", "backup", "vm", "web", "db", "--pool", "lab", "--parallel", "1");
        assertEquals(1, outcome.exitCode());
        assertEquals(1, outcome.json().get("points").size());
        assertEquals("web", outcome.json().get("failed").get(0).get("vm").stringValue());
        assertTrue(outcome.err().contains("web was not backed up"), outcome.err());
    }

    @Test
    void tenMachinesGoSideBySideWithinTheLimits() throws IOException {
        for (int i = 0; i < 10; i++) {
            pool.addVm("app-" + i, 2 * MIB).disks().getFirst().write(1000L * i, (byte) i, (byte) 1);
        }
        var all = xenolith.json("backup", "vm", "app-*", "--pool", "lab", "--parallel", "4", "--per-host", "3", "--per-storage",
                "3");
        assertEquals(10, all.get("points").size());
        assertEquals(0, all.get("failed").size());
        assertEquals(10, pool.leftovers().snapshots().size()); // the bases, and nothing else
        xenolith.ok("verify", "--read-data");
    }

    @Test
    void thePoolsDatabaseAndAHostAreBackedUpAsFiles() throws IOException {
        xenolith.ok("backup", "pool-db", "--pool", "lab");
        var file = folder.resolve("pool.xml");
        xenolith.ok("restore", "lab (pool database)@latest", "-o", file.toString());
        assertTrue(Files.readString(file).startsWith("<database>"));

        var hosts = xenolith.json("pool", "test", "lab").get("hosts");
        var host = hosts.get(0).get("name").stringValue();
        xenolith.ok("backup", "host", host, "--pool", "lab");
        var backup = folder.resolve("host");
        xenolith.ok("restore", host + " (host)@latest", "-o", backup.toString());
        assertTrue(Files.size(backup) > 1000);
        xenolith.fails(2, List.of("no host", host), "backup", "host", "nobody", "--pool", "lab");
        assertEquals(2, xenolith.json("list").get("points").size());
        xenolith.ok("verify", "--read-data");
    }

    @Test
    void wrongWishesAreRefusedBeforeAnythingIsDone() throws IOException {
        xenolith.fails(1, List.of("no machine", "nobody", "vm list"), "backup", "vm", "nobody", "--pool", "lab");
        pool.addVm("web", MIB);
        xenolith.fails(1, List.of("2 machines are called 'web'", web.uuid()), "backup", "vm", "web", "--pool", "lab");
        xenolith.fails(2, List.of("--output or --pool"), "restore", "web@latest");
        xenolith.fails(2, List.of("needs --pool"), "restore", "web@latest", "-o", "x", "--start");
        xenolith.fails(1, List.of("no disk 'xvdz'"), "backup", "vm", "db", "--pool", "lab", "--exclude-disk", "xvdz");
        assertTrue(pool.leftovers().snapshots().isEmpty());
    }
}
