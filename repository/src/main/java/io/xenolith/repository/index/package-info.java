/// The index: chunk id to pack and place in it.
///
/// The packs that the storage lists, and what their tables say, are the truth. The index is a RocksDB made from them, which
/// can be lost: opening compares the list with what the database knows, and reads the tables of what it does not. They come
/// from *index segments*, in which each backup leaves copies of its packs' tables, or else from the packs themselves.
///
/// - **Several processes.** The database is opened for writing only while it is brought up to date, under a lock of its own
///   that is held for moments. Everybody works with a read-only view, and keeps what a run adds in memory until a segment
///   has been written.
/// - **A pack that vanished or was cut** is not matched any more, whatever the database holds, so that nothing new is ever
///   deduplicated against it.
/// - **Two copies** of a chunk may exist, when two processes stored it side by side. The database knows both.
/// - **Where it lies.** In the repository; where that cannot be written, in a temporary folder for as long as it is needed.
package io.xenolith.repository.index;
