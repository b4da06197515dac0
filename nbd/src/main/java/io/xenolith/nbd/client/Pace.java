package io.xenolith.nbd.client;

/// How many requests a connection keeps in flight, and how long they are. Belongs to the connection's event loop.
///
/// The shortest time a reply ever took is what the network and one request need. Whatever replies take beyond that they
/// spend waiting at the server behind each other: with `n` in flight about `n * (1 - shortest / time)` wait. While fewer
/// than two wait, another request in flight makes the server do more; when many wait, it only makes them wait longer. Where
/// the bound of requests is reached and the server is still idle, which takes a long way to it, requests get longer.
final class Pace {
    private static final int FIRST_DEPTH = 4;
    private static final int MANY_WAITING = 8;
    /// After so many replies the shortest time is measured afresh, with few requests in flight: ways and servers change.
    private static final int WINDOW = 2048;

    private final int maxDepth;
    private final int maxBytes;
    private final int alignment;
    private int depth;
    private int bytes;
    private long shortest = Long.MAX_VALUE;
    private long smoothed;
    private int replies;
    private int sinceChange;

    /// @param maxBytes at least `alignment`
    Pace(int maxDepth, int firstBytes, int maxBytes, int alignment) {
        this.maxDepth = maxDepth;
        this.maxBytes = maxBytes & -alignment;
        this.alignment = alignment;
        this.depth = Math.min(FIRST_DEPTH, maxDepth);
        this.bytes = Math.clamp(firstBytes & -alignment, alignment, this.maxBytes);
    }

    int depth() {
        return depth;
    }

    int bytes() {
        return bytes;
    }

    /// Learns from a reply to a request of full length.
    void replied(long nanos) {
        smoothed = smoothed == 0 ? nanos : smoothed + (nanos - smoothed) / 8;
        shortest = Math.min(shortest, nanos);
        if (++replies % WINDOW == 0) {
            depth = Math.min(FIRST_DEPTH, maxDepth);
            measureAgain();
        } else if (++sinceChange >= depth) { // before that the replies speak of the depth of before
            sinceChange = 0;
            adapt(depth * (1 - (double) shortest / Math.max(smoothed, shortest)));
        }
    }

    private void measureAgain() {
        shortest = Long.MAX_VALUE;
        smoothed = 0;
        sinceChange = 0;
    }

    private void adapt(double waiting) {
        if (waiting > MANY_WAITING && depth > FIRST_DEPTH) {
            depth--;
        } else if (waiting < 2 && depth < maxDepth) {
            depth = Math.min(maxDepth, waiting < 1 ? depth * 2 : depth + 1);
        } else if (waiting < 2 && bytes < maxBytes) {
            bytes = Math.min(maxBytes, bytes * 2) & -alignment;
            measureAgain(); // longer requests take longer by themselves
        }
    }
}
