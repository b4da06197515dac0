package io.xenolith.nbd.server;

import io.xenolith.nbd.protocol.StatusChunk;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/// A disk as one connection sees it, for reading; a [WritableExport] takes writes too.
///
/// Methods are called from several threads at once, on virtual threads, and may block; [#close()] comes once, last.
/// Extents lie inside the disk and are not empty. When an exception is thrown, its message goes to the client, cut to
/// some 900 bytes: it should say what cannot be done and nothing that a client must not know.
public interface Export extends Closeable {

    /// The context that tells holes; its flags are [#HOLE] and [#ZERO]. With it, reads leave out what is zero.
    String ALLOCATION = StatusChunk.ALLOCATION;

    /// Flag of [#ALLOCATION]: nothing is allocated there.
    int HOLE = StatusChunk.HOLE;

    /// Flag of [#ALLOCATION]: reads as zeros.
    int ZERO = StatusChunk.ZERO;

    /// Bytes, constant while open and told without blocking. Clients may be unable to reach what follows the last
    /// multiple of 512.
    long size();

    /// For people; empty for none, otherwise at most 4096 bytes of UTF-8.
    default String description() {
        return "";
    }

    /// The length in bytes of reads that suit this export best, and what they should be aligned to: a power of two
    /// from 512 to 1 MiB.
    default int preferredBlock() {
        return 64 << 10;
    }

    /// Fills `target`, a direct buffer, from its position to its limit with the bytes from `offset` on.
    ///
    /// @throws IOException if they cannot be read; the content of `target` is then of no interest
    void read(long offset, ByteBuffer target) throws IOException;

    /// Says that this extent will be read soon. The client waits for the return, so work is better begun than done.
    ///
    /// @throws IOException if it is already known that the extent cannot be read
    default void prefetch(long offset, long length) throws IOException {
    }

    /// The metadata contexts that clients are told of, each `namespace:leaf`. Namespaces other than `base` that are
    /// nobody's registered property begin with `x-`, such as `x-xenolith:changed-since:POINT`.
    default List<String> contexts() {
        return List.of();
    }

    /// Whether [#status] answers for `context`: for all of [#contexts()], and for more where those are too many to tell.
    /// Names come from the network. Asked at every larger read for [#ALLOCATION], so the answer to that should be quick.
    default boolean hasContext(String context) {
        return contexts().contains(context);
    }

    /// Tells `receiver` what `context`, one that [#hasContext] knows, says about an extent: first about the bytes from
    /// `offset` on, then about those that follow, until `length` bytes are told or the receiver has enough. The last
    /// extent may reach past the asked length.
    ///
    /// @throws IOException if that cannot be found out
    default void status(String context, long offset, long length, StatusReceiver receiver) throws IOException {
        throw new IOException("there is no context " + context + " here");
    }

    /// Takes what is told about one extent after the other.
    @FunctionalInterface
    interface StatusReceiver {
        /// @param length bytes, at least 1, beginning where the extent before ended
        /// @param flags  what the context says about all of them
        /// @return whether more is wanted
        boolean extent(long length, int flags);
    }
}
