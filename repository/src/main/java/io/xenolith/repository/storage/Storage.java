package io.xenolith.repository.storage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/// Immutable objects under names. Safe for use by several threads, and by several processes at once.
///
/// A name is made of segments of `A-Z a-z 0-9 . _ -`, none of which starts with a dot, joined by slashes. It does not
/// begin with `tmp/`, and no object's name is the folder of another's. Anything else is an [IllegalArgumentException].
///
/// A definite answer has its own type: [ObjectMissingException], [ObjectExistsException], [ObjectTooLargeException] and
/// [java.io.EOFException]. [StorageFullException] and [StorageReadOnlyException] need the operator. Every other
/// [IOException] means that the storage did not answer and says nothing about what it holds. A read by an interrupted
/// thread fails with [java.nio.channels.ClosedByInterruptException].
public interface Storage extends AutoCloseable {

    /// Begins an object. It is visible under its name only after [ObjectWriter#commit()].
    ObjectWriter create(String name) throws IOException;

    /// Stores all of `content` under `name`; whole and durable when this returns.
    ///
    /// @throws ObjectExistsException if the name is taken; what it holds is left alone
    default void put(String name, byte[] content) throws IOException {
        try (var writer = create(name)) {
            writer.write(ByteBuffer.wrap(content));
            writer.commit();
        }
    }

    /// Fills `target` from its position to its limit with the object's bytes from `offset` on.
    ///
    /// @throws ObjectMissingException if there is no such object
    /// @throws java.io.EOFException if the object ends before `target` is full; its content is then undefined
    void read(String name, long offset, ByteBuffer target) throws IOException;

    /// All bytes of an object of at most `limit` bytes.
    ///
    /// @throws ObjectMissingException if there is no such object
    /// @throws ObjectTooLargeException if it is longer than `limit`; nothing was read then
    byte[] readAll(String name, int limit) throws IOException;

    /// The object's size in bytes.
    ///
    /// @throws ObjectMissingException if there is no such object
    long size(String name) throws IOException;

    boolean exists(String name) throws IOException;

    /// All objects in `folder` and the folders below it, sorted by name. A folder is named with a slash at its end, such as
    /// `points/`; one that is not there is empty. Objects that come or go meanwhile may be listed or not; all others are,
    /// or this fails.
    List<StoredObject> list(String folder) throws IOException;

    /// Deletes an object for good. Its name may be taken again only by the same content: readers in other processes
    /// may have the old one open.
    ///
    /// @return false if there was none
    boolean delete(String name) throws IOException;

    /// What writers left that neither committed nor closed, sorted by name; not what is being written through this `Storage`.
    /// Another process that writes now is not told from one that crashed, so ask only while nobody else may write.
    /// The names mean something to [#removeUnfinished] alone.
    List<StoredObject> unfinished() throws IOException;

    /// Removes one of [#unfinished()].
    ///
    /// @return false if it is not there any more
    boolean removeUnfinished(StoredObject leftover) throws IOException;

    /// Where this is, for messages: a directory or an address.
    String describe();

    /// Frees what reading needs. Reads that run are let finish; later ones are an [IllegalStateException].
    @Override
    void close() throws IOException;
}
