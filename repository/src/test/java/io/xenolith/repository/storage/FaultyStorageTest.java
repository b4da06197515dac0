package io.xenolith.repository.storage;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class FaultyStorageTest {

    private final MemoryStorage memory = new MemoryStorage();
    private final FaultyStorage faulty = new FaultyStorage(memory);

    @Test
    void whatChangesTheStorageIsCounted() throws IOException {
        faulty.put("one", new byte[1]);
        faulty.put("two", new byte[1]);
        faulty.delete("one");
        faulty.list("points/");
        assertEquals(List.of(7, 2, 2, 1),
                List.of(faulty.mutations(), faulty.writes(), faulty.commits(), faulty.deletes()));
    }

    @Test
    void anOrderedFailureHappensOnceAndAtEveryPlace() throws IOException {
        for (int mutation = 1; mutation <= 3; mutation++) {
            var storage = new FaultyStorage(new MemoryStorage()).failAt(mutation);
            assertThrows(IOException.class, () -> storage.put("one", new byte[1]));
            assertFalse(storage.exists("one"));
            storage.put("one", new byte[1]);
        }
    }

    @Test
    void aCrashBeforeACommitLosesTheObjectAndLeavesItUnfinished() throws IOException {
        faulty.crashBefore(3);
        assertThrows(CrashException.class, () -> faulty.put("one", new byte[5]));
        assertTrue(faulty.crashed());
        assertThrows(CrashException.class, () -> faulty.exists("one"));
        assertThrows(CrashException.class, () -> faulty.put("two", new byte[5]));
        var next = memory.reopen();
        assertFalse(next.exists("one"));
        assertEquals(List.of(5L), next.unfinished().stream().map(StoredObject::size).toList());
    }

    @Test
    void aCrashAfterACommitKeepsTheObject() throws IOException {
        faulty.crashAfter(3);
        assertThrows(CrashException.class, () -> faulty.put("one", new byte[5]));
        assertArrayEquals(new byte[5], memory.reopen().readAll("one", 5));
        assertEquals(List.of(), memory.reopen().unfinished());
    }
}
