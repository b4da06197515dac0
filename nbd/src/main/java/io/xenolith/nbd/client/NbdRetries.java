package io.xenolith.nbd.client;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/// What a client does about failures before its caller hears of them.
///
/// @param attempts  how often one piece of a read is asked for, at least 1
/// @param firstWait before the second attempt; each further wait doubles, and a random part of up to half is taken off
/// @param longestWait bounds the doubling
/// @param budget    how long a read may go without progress while connections fail
public record NbdRetries(int attempts, Duration firstWait, Duration longestWait, Duration budget) {
    public static final NbdRetries DEFAULT =
            new NbdRetries(5, Duration.ofSeconds(1), Duration.ofSeconds(30), Duration.ofMinutes(3));
    /// The first failure is the caller's.
    public static final NbdRetries NONE = new NbdRetries(1, Duration.ofMillis(1), Duration.ofMillis(1), Duration.ZERO);

    public NbdRetries {
        if (attempts < 1 || firstWait.toMillis() < 1 || longestWait.compareTo(firstWait) < 0 || budget.isNegative()) {
            throw new IllegalArgumentException("%d attempts with waits from %s to %s within %s"
                    .formatted(attempts, firstWait, longestWait, budget));
        }
    }

    /// The wait after `failures` failures in a row, at least 1.
    Duration waitAfter(int failures) {
        long doubled = firstWait.toMillis() << Math.min(failures - 1, 20);
        long bounded = Math.min(doubled, longestWait.toMillis());
        return Duration.ofMillis(bounded - ThreadLocalRandom.current().nextLong(bounded / 2 + 1));
    }
}
