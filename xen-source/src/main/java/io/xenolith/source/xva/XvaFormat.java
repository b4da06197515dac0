package io.xenolith.source.xva;

/// How an archive is written.
public record XvaFormat(Compression compression, ChunkChecksum checksum) {

    /// What current hosts write when nobody asks for anything else.
    public static final XvaFormat PLAIN = new XvaFormat(Compression.NONE, ChunkChecksum.XXHASH);
}
