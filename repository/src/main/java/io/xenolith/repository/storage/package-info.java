/// Storage: the one port through which everything persistent of a repository is reached.
///
/// A *storage* holds immutable objects under names such as `packs/3f/3f9a…`. An object comes into being whole and durable,
/// or not at all; it is never changed, only deleted. That is what a local directory and an S3-like object store
/// have in common, and all that the rest of the repository relies on: no clocks, no modification times, no renames.
///
/// A local directory looks like this:
///
/// ```text
///   <root>/config              an object
///   <root>/points/web/4c1d…    an object in a folder; folders come into being with their first object
///   <root>/tmp/<32 hex digits> an object that is being written
///   <root>/tmp/.rename         guards commits on file systems without hard links
/// ```
/// - **How an object is committed.** Its bytes are written under `tmp/` and synced; then it is linked to its name, which fails
///   if the name is taken; then the name's folder is synced, and every folder above it that this process has not synced
///   before. On file systems without hard links (FAT, some network and FUSE ones) an OS lock guards a look followed by a
///   rename; the lock dies with its process.
/// - **What a crash leaves.** Files in `tmp/`, which no reader looks at and pruning removes. One may be a second link of an
///   object whose commit had just finished.
/// - **What else may lie there.** Anything whose name is not one of an object, such as `.nfs…` and `lost+found`, is
///   passed over. Folders of others (`locks/`, the index) live beside the objects' folders.
/// - **Who may read it.** Files and folders are created for their owner only.
package io.xenolith.repository.storage;
