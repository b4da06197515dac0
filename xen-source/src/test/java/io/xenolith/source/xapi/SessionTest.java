package io.xenolith.source.xapi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.xenolith.sim.SimulatedPool;
import io.xenolith.sim.XenVersion;
import io.xenolith.sim.fault.Fault;
import io.xenolith.source.xapi.error.RefusedException;
import io.xenolith.source.xapi.error.SessionLostException;
import io.xenolith.source.xapi.http.Fingerprint;
import io.xenolith.source.xapi.http.HostAddress;
import io.xenolith.source.xapi.http.Timeouts;
import io.xenolith.source.xapi.http.Trust;
import io.xenolith.source.xapi.http.UntrustedCertificateException;
import io.xenolith.source.xapi.task.TaskListener;
import io.xenolith.source.xapi.task.TaskLostException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SessionTest extends SimulatedPoolTest {

    @ParameterizedTest
    @EnumSource(XenVersion.class)
    void everyVersionLetsUsInAndOut(XenVersion version) throws Exception {
        start(SimulatedPool.builder().version(version));
        try (var xapi = login()) {
            var coordinator = xapi.coordinator();
            assertEquals(version.brand() + " " + version.product(), coordinator.product());
            assertEquals(version.api().major() + "." + version.api().minor(), coordinator.api().toString());
        }
    }

    @Test
    void aWrongPasswordIsRefusedAndNotRepeatedInTheMessage() throws Exception {
        start(SimulatedPool.builder());
        var address = HostAddress.parse(pool.url().toString());
        var wrong = new Credentials("root", "wrong-password".toCharArray());
        var e = assertThrows(RefusedException.class,
                () -> Xapi.login(address, Trust.pinned(Fingerprint.parse(pool.fingerprint())), wrong));
        assertEquals("SESSION_AUTHENTICATION_FAILED", e.code());
        assertFalse(e.getMessage().contains("wrong-password"), e.getMessage());
        assertEquals(0, wrong.password()[0], "wiped");
        assertEquals("root", wrong.toString());
    }

    @Test
    void anUnknownHostGetsNoPassword() throws Exception {
        start(SimulatedPool.builder());
        var address = HostAddress.parse(pool.url().toString());
        var e = assertThrows(UntrustedCertificateException.class,
                () -> Xapi.login(address, Trust.pinned(), credentials()));
        assertEquals(pool.fingerprint(), e.fingerprint().hex());
    }

    @Test
    void aMemberLeadsToTheCoordinator() throws Exception {
        start(SimulatedPool.builder().hosts(2));
        var member = HostAddress.parse(pool.url(1).toString());
        var trust = Trust.pinned(Fingerprint.parse(pool.fingerprint()), Fingerprint.shownBy(member, TIMEOUTS));
        try (var xapi = Xapi.login(member, trust, credentials(), TIMEOUTS, TaskListener.NONE)) {
            assertEquals(2, xapi.hosts().all().size());
        }
    }

    @Test
    void whatMayBeDoneTwiceIsDoneAgainInANewSession() throws Exception {
        start(SimulatedPool.builder());
        try (var xapi = login()) {
            pool.loseSessions();
            assertEquals(1, xapi.hosts().all().size());
            assertEquals(1, pool.leftovers().sessions().size());
        }
    }

    @Test
    void whatMayNotBeDoneTwiceIsToldAndTheNextCallWorks() throws Exception {
        start(SimulatedPool.builder());
        var vm = pool.addVm("vm", MIB);
        try (var xapi = login()) {
            var record = xapi.vms().byUuid(vm.uuid());
            pool.loseSessions();
            var lost = assertThrows(SessionLostException.class,
                    () -> xapi.vms().setBiosStrings(record.ref(), Map.of("bios-vendor", "x")));
            assertFalse(lost.getMessage().contains("OpaqueRef"), lost.getMessage());
            assertFalse(lost.parameters().toString().contains("OpaqueRef"));
            assertEquals(1, pool.leftovers().sessions().size());
            xapi.vms().snapshot(record.ref(), "after all", List.of());
            assertEquals(1, pool.leftovers().snapshots().size());
        }
    }

    @Test
    void aTaskIsMadeByTheNewSessionIfTheOldOneIsLost() throws Exception {
        start(SimulatedPool.builder());
        try (var xapi = login()) {
            pool.loseSessions();
            try (var task = xapi.tasks().open("test")) {
                assertFalse(task.ref().toString().isEmpty());
            }
            assertEquals(1, pool.leftovers().sessions().size());
        }
    }

    @Test
    void manyThreadsThatLoseTheirSessionOpenOneNewOne() throws Exception {
        start(SimulatedPool.builder());
        try (var xapi = login(); var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            pool.loseSessions();
            Callable<Integer> ask = () -> xapi.hosts().all().size();
            var answers = new ArrayList<Future<Integer>>();
            for (int i = 0; i < 20; i++) {
                answers.add(threads.submit(ask));
            }
            for (var answer : answers) {
                assertEquals(1, answer.get());
            }
            assertEquals(1, pool.leftovers().sessions().size());
        }
    }

    @Test
    void theSessionMovesWithTheCoordinator() throws Exception {
        start(SimulatedPool.builder().hosts(3));
        var first = HostAddress.parse(pool.url().toString());
        var trust = Trust.pinned(Fingerprint.parse(pool.fingerprint())); // which tells of the others
        try (var xapi = Xapi.login(first, trust, credentials(), TIMEOUTS, TaskListener.NONE)) {
            pool.changeMaster(2);
            assertEquals(3, xapi.hosts().all().size());
            assertEquals("127.0.0.3", xapi.coordinator().address());
        }
    }

    @Test
    void aTaskThatTheNewCoordinatorDoesNotKnowIsLost() throws Exception {
        start(SimulatedPool.builder().hosts(2));
        var simulated = pool.addVm("vm", MIB);
        var trust = Trust.pinned(Fingerprint.parse(pool.fingerprint()));
        pool.faults().order(new Fault.StallCall("VM.snapshot", 1_500), 1);
        TaskListener failOver = (_, _) -> {
            try {
                pool.changeMaster(1);
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        };
        var first = HostAddress.parse(pool.url().toString());
        // half the time of a call is how long events are awaited, and a task that is lost causes none
        var quick = new Timeouts(TIMEOUTS.connect(), Duration.ofSeconds(6), TIMEOUTS.goAhead(), TIMEOUTS.stall(),
                TIMEOUTS.task());
        try (var xapi = Xapi.login(first, trust, credentials(), quick, failOver)) {
            var vm = xapi.vms().byUuid(simulated.uuid()).ref();
            assertThrows(TaskLostException.class, () -> xapi.vms().snapshot(vm, "x", List.of()));
        }
    }

    @Test
    void callsGoOnUntilTheSessionIsClosedAndNotLonger() throws Exception {
        start(SimulatedPool.builder());
        var xapi = login();
        assertTrue(xapi.permissions().allow("vm.snapshot"));
        xapi.close();
        assertThrows(IOException.class, () -> xapi.hosts().all());
        xapi.close();
    }
}
