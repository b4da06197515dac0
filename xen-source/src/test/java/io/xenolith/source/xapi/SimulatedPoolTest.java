package io.xenolith.source.xapi;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.xenolith.sim.SimulatedPool;
import io.xenolith.source.xapi.http.Fingerprint;
import io.xenolith.source.xapi.http.HostAddress;
import io.xenolith.source.xapi.http.Timeouts;
import io.xenolith.source.xapi.http.Trust;
import io.xenolith.source.xapi.task.TaskListener;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

/// A pool for one test, and what a client may not leave in it.
abstract class SimulatedPoolTest {
    static final long MIB = 1 << 20;
    static final Timeouts TIMEOUTS = new Timeouts(Duration.ofSeconds(20), Duration.ofSeconds(20),
            Duration.ofSeconds(5), Duration.ofSeconds(20), Duration.ofSeconds(30));

    @TempDir
    Path directory;

    SimulatedPool pool;

    SimulatedPool start(SimulatedPool.Builder builder) throws IOException {
        pool = builder.directory(directory).start();
        return pool;
    }

    @AfterEach
    void noSessionAndNoTaskIsLeft() throws IOException {
        if (pool == null) {
            return;
        }
        try (var ended = pool) {
            assertEquals(List.of(), ended.leftovers().tasks(), "tasks");
            assertEquals(List.of(), ended.leftovers().sessions(), "sessions");
        }
    }

    Xapi login() throws IOException, InterruptedException {
        return login(0, TIMEOUTS, TaskListener.NONE);
    }

    Xapi loginAs(String user, String password) throws IOException, InterruptedException {
        return login(0, new Credentials(user, password.toCharArray()), TIMEOUTS, TaskListener.NONE);
    }

    Xapi login(int host, Timeouts timeouts, TaskListener listener) throws IOException, InterruptedException {
        return login(host, credentials(), timeouts, listener);
    }

    private Xapi login(int host, Credentials credentials, Timeouts timeouts, TaskListener listener)
            throws IOException, InterruptedException {
        var address = HostAddress.parse(pool.url(host).toString());
        var trust = host == 0 ? Trust.pinned(Fingerprint.parse(pool.fingerprint()))
                : Trust.pinned(Fingerprint.shownBy(address, timeouts));
        return Xapi.login(address, trust, credentials, timeouts, listener);
    }

    Credentials credentials() {
        return new Credentials(pool.user(), pool.password().toCharArray());
    }
}
