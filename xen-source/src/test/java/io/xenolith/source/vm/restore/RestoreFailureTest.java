package io.xenolith.source.vm.restore;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.xenolith.sim.XenVersion;
import io.xenolith.sim.fault.Fault;
import io.xenolith.source.vm.restore.RestoreRequest.Way;
import io.xenolith.source.xapi.records.PowerState;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/// What a restore leaves that fails half way: a pool as it was.
class RestoreFailureTest extends RestoreTest {
    private static final RestoreRequest COPY = RestoreRequest.to(new Destination.NewVm("copy", false));
    private static final RestoreRequest IN_PLACE = RestoreRequest.to(new Destination.Replacement(true));

    private MemoryVm stored;

    /// A machine of two disks, each with data from its first to its last byte.
    private MemoryVm images() {
        return MemoryVm.ofImages("images", MemoryDisk.random("xvda", 6 * MIB, random),
                MemoryDisk.random("xvdb", 4 * MIB, random));
    }

    private RestoreFailedException fails(RestoreRequest request) throws IOException, InterruptedException {
        var before = inventory();
        var failure = assertThrows(RestoreFailedException.class, () -> restore.restore(stored, request));
        assertEquals(List.of(), failure.left());
        assertTrue(failure.getMessage().contains("is removed"), failure.getMessage());
        assertEquals(before, inventory());
        return failure;
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void aStorageThatGetsFullLeavesNothing(Way way) throws IOException, InterruptedException {
        start(XenVersion.XCP_NG_8_2);
        stored = images();
        var storage = xapi.srs().get(xapi.pools().only().defaultSr()).uuid();
        stored.disk(1).halfWay(() -> pool.fillStorage(storage));
        fails(COPY.by(way));
    }

    @ParameterizedTest
    @CsvSource({"DISKS, /import_raw_vdi, 3", "DISKS, /import_metadata, 1", "XVA, /import, 1"})
    void aStreamThatBreaksLeavesNothing(Way way, String path, int times) throws IOException, InterruptedException {
        start(XenVersion.XCP_NG_8_2);
        stored = images();
        pool.faults().order(new Fault.DropStream(path, path.endsWith("a") ? 100 : 200_000), times);
        fails(COPY.by(way));
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void aLostSessionIsFoundAgain(Way way) throws IOException, InterruptedException {
        start(XenVersion.XCP_NG_8_3);
        stored = images();
        stored.disk(1).halfWay(() -> pool.loseSessions());
        assertRestored(stored, restore.restore(stored, COPY.by(way)));
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void aCoordinatorThatStartsAnewLeavesNothing(Way way) throws IOException, InterruptedException {
        start(XenVersion.XCP_NG_8_3);
        stored = images();
        stored.disk(1).halfWay(() -> pool.changeMaster(0)); // who forgets its tasks
        fails(COPY.by(way));
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void anInterruptLeavesNothing(Way way) throws IOException, InterruptedException {
        start(XenVersion.XCP_NG_8_2);
        stored = images();
        var restoring = Thread.currentThread();
        stored.disk(1).halfWay(restoring::interrupt);
        var before = inventory();
        try {
            restore.restore(stored, COPY.by(way));
            throw new AssertionError("went on in spite of an interrupt");
        } catch (InterruptedException e) {
            assertEquals(0, e.getSuppressed().length);
        }
        assertEquals(before, inventory());
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void aDiskThatIsReadBackOtherwiseLeavesNothing(Way way) throws IOException, InterruptedException {
        start(XenVersion.XCP_NG_8_2);
        stored = images();
        stored.disk(1).halfWay(() -> stored.disk(1).content[77] ^= 1); // which was sent already
        var failure = fails(COPY.by(way).verified());
        assertTrue(failure.getMessage().contains("disk 'xvdb' was read back otherwise than it is stored, from byte 77 on"),
                failure.getMessage());
    }

    @ParameterizedTest
    @CsvSource({"VDI.create", "VM.set_name_label", "VM.remove_from_other_config"})
    void aCallThatFailsLeavesNothing(String call) throws IOException, InterruptedException {
        start(XenVersion.XCP_NG_8_2);
        stored = images();
        if (call.startsWith("VDI")) {
            pool.faults().order(new Fault.PassCall(call), 1); // the second disk
        }
        pool.faults().failCall(call, 1, "INTERNAL_ERROR", "as ordered");
        fails(COPY);
    }

    @Test
    void aDiskThatIsInUseForAWhileIsRemovedAllTheSame() throws IOException, InterruptedException {
        start(XenVersion.XCP_NG_8_2);
        stored = images();
        stored.disk(1).halfWay(() -> {
            pool.faults().failCall("VDI.destroy", 3, "VDI_IN_USE", "$0", "destroy");
            throw new IOException("the repository is gone");
        });
        fails(COPY);
    }

    @Test
    void whatCannotBeRemovedIsNamed() throws IOException, InterruptedException {
        start(XenVersion.XCP_NG_8_2);
        stored = images();
        stored.disk(0).halfWay(() -> {
            pool.faults().failCall("VDI.destroy", 1, "SR_BACKEND_FAILURE_80", "", "Failed to delete", "");
            throw new IOException("the repository is gone");
        });
        var failure = assertThrows(RestoreFailedException.class, () -> restore.restore(stored, COPY));
        var disk = xapi.vdis().all().stream().filter(vdi -> vdi.otherConfig().containsKey(Mark.KEY)).findFirst()
                .orElseThrow();
        assertEquals(1, failure.left().size());
        assertTrue(failure.getMessage().contains(disk.uuid()), failure.getMessage());
        Patience.run(() -> xapi.vdis().destroy(disk.ref()));
    }

    /// The old VM is there again under its uuid, running, with its own disks and addresses.
    @ParameterizedTest
    @CsvSource({"before it stepped aside, VDI.create", "before it was gone, import", "after it was gone, VIF.create",
            "in the end, VM.remove_from_other_config"})
    void aVmThatWasToBeReplacedIsPutBack(String moment, String call) throws IOException, InterruptedException {
        start(XenVersion.XCP_NG_8_2);
        var guest = guest("web", 4);
        stored = backup(guest);
        fill(guest.disks().getFirst().uuid());
        var content = content(guest.disks().getFirst().uuid());
        guest.setPowerState("Running");
        if (call.equals("import")) {
            pool.faults().order(new Fault.DropStream("/import_metadata", 100), 1);
        } else {
            pool.faults().failCall(call, 1, "INTERNAL_ERROR", "as ordered");
        }
        fails(IN_PLACE);
        var back = xapi.vms().byUuid(guest.uuid());
        assertEquals("web", back.name());
        assertEquals(PowerState.RUNNING, back.powerState());
        assertArrayEquals(content, content(xapi.vdis().get(drives(back).getFirst().vdi()).uuid()));
        // and it can be replaced the next time
        xapi.vms().hardShutdown(back.ref());
        assertRestored(stored, restore.restore(stored, IN_PLACE));
    }

    @Test
    void aVmThatDoesNotStartIsRestoredAllTheSame() throws IOException, InterruptedException {
        start(XenVersion.XCP_NG_8_2);
        stored = images();
        pool.faults().failCall("VM.start", 1, "HOST_DISABLED", "x");
        var result = restore.restore(stored, COPY.started());
        assertRestored(stored, result);
        assertTrue(result.notes().getLast().contains("does not start"), result.notes()::toString);
    }
}
