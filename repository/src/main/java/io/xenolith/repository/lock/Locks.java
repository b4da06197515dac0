package io.xenolith.repository.lock;

import java.io.IOException;
import java.time.Duration;
import java.util.List;

/// The locks of one repository. Safe for use by several threads. Two locks of the same process, even of the same thread,
/// meet like those of strangers.
public interface Locks {

    /// Takes a lock, and waits for those who are in the way. Whoever waits for [LockMode#EXCLUSIVE] stops nobody from
    /// coming in before it.
    ///
    /// @param wait how long at most; with [Duration#ZERO] there is one attempt
    /// @param whileWaiting is told when the wait begins, and which dead holders were cleared away
    /// @throws RepositoryLockedException if someone is still in the way when the time is over
    /// @throws InterruptedException if the thread is interrupted; it holds nothing then
    RepositoryLock acquire(LockMode mode, LockOwner owner, Duration wait, LockListener whileWaiting)
            throws RepositoryLockedException, IOException, InterruptedException;

    /// Who holds a lock now, those that took theirs first in front.
    List<LockHolder> holders() throws IOException;
}
