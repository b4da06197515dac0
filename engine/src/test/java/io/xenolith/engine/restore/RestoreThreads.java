package io.xenolith.engine.restore;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;

/// The threads of all restores that are going on.
final class RestoreThreads {

    private RestoreThreads() {
    }

    static List<Thread> running() {
        return Thread.getAllStackTraces().keySet().stream().filter(t -> t.getName().startsWith("restore-")).toList();
    }

    static void assertNoneLeft() {
        assertEquals(List.of(), running());
    }

    /// Waits until `count` threads run and none of them can go on by itself.
    static void awaitStandstill(int count) throws InterruptedException {
        while (!(running().size() == count && running().stream().allMatch(t -> t.getState() == Thread.State.WAITING))) {
            Thread.sleep(1);
        }
    }
}
