package io.xenolith.source.vm;

/// How the disks of a machine get out of its pool.
public enum BackupMethod {
    /// The best that the pool offers: as [#CBT] where it tracks changed blocks or serves disks by NBD, else as [#RAW].
    AUTO,
    /// Blocks that changed-block tracking names, over NBD.
    CBT,
    /// Each disk as a stream, changes as a differencing VHD.
    RAW,
    /// All of the machine as one XVA archive; changes as for [#RAW].
    XVA
}
