package io.xenolith.source.vm.restore;

import io.xenolith.engine.Progress;
import io.xenolith.source.xapi.Xapi;
import java.io.IOException;

/// Restores machines into a pool. Safe for use by several threads, each with a machine of its own.
public final class VmRestore {
    private final Xapi xapi;
    private final Progress progress;

    /// @param progress hears of the bytes that go to the pool
    public VmRestore(Xapi xapi, Progress progress) {
        this.xapi = xapi;
        this.progress = progress;
    }

    /// Finds out what a restore would do, and changes nothing.
    ///
    /// @throws RestoreRefusedException if it cannot be done as asked
    public RestorePlan plan(StoredVm vm, RestoreRequest request) throws IOException, InterruptedException {
        return Planner.plan(xapi, vm, request);
    }

    /// As [#restore(RestorePlan)], right after [#plan(StoredVm, RestoreRequest)].
    public RestoreResult restore(StoredVm vm, RestoreRequest request) throws IOException, InterruptedException {
        return restore(plan(vm, request));
    }

    /// Does what was planned.
    ///
    /// @throws RestoreFailedException if that fails; what it had made is removed, or named
    /// @throws InterruptedException if the calling thread is interrupted; what it had made is removed, which takes a
    ///     moment, or named in a suppressed [RestoreFailedException]
    public RestoreResult restore(RestorePlan plan) throws IOException, InterruptedException {
        return new RestoreRun(xapi, plan, progress).run();
    }
}
