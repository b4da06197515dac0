/// Single files out of a restore point, without restoring a disk, without root, and without the host's kernel reading a file
/// system that a stranger may have made.
///
/// ```text
///   MappedDisk ── PartitionTable ── one partition ── PartitionFile: a file, by nbdfuse or as a sparse copy
///                                                        │
///                                          DebugFs (ext2, ext3, ext4) or SevenZip (NTFS, FAT, …)
/// ```
/// The file systems themselves are read by programs of other projects, as the user who runs the command. Names that come
/// from a file system are checked before anything is written under them.
package io.xenolith.cli.files;
