package io.xenolith.engine.codec;

/// The compression that was chosen for new data. Old data stays readable whatever is chosen.
///
/// @param codec the codec for all that shrinks
/// @param level 1 (fastest) to [#MAX_ZSTD_LEVEL] (smallest) for ZSTD, 0 for codecs that have no levels
public record Compression(Codec codec, int level) {

    /// Levels above need more memory to decompress than they save on frames of 1 MiB.
    public static final int MAX_ZSTD_LEVEL = 19;

    public static final Compression NONE = new Compression(Codec.STORED, 0);
    public static final Compression LZ4 = new Compression(Codec.LZ4, 0);
    public static final Compression DEFAULT = zstd(3);

    private static final String ALLOWED =
            "allowed are none, lz4, zstd (level 3) and zstd:LEVEL with a level from 1 to " + MAX_ZSTD_LEVEL;

    public Compression {
        boolean allowed = switch (codec) {
            case STORED, LZ4 -> level == 0;
            case ZSTD -> level >= 1 && level <= MAX_ZSTD_LEVEL;
        };
        if (!allowed) {
            throw new IllegalArgumentException("%s has no level %d; %s".formatted(codec, level, ALLOWED));
        }
    }

    /// @param level 1 to [#MAX_ZSTD_LEVEL]
    public static Compression zstd(int level) {
        return new Compression(Codec.ZSTD, level);
    }

    /// Reads `none`, `lz4`, `zstd` or `zstd:LEVEL`; the inverse of [#toString()].
    ///
    /// @throws IllegalArgumentException if `text` is something else, telling what is allowed
    public static Compression parse(String text) {
        return switch (text) {
            case "none" -> NONE;
            case "lz4" -> LZ4;
            case "zstd" -> DEFAULT;
            default -> parseZstd(text);
        };
    }

    private static Compression parseZstd(String text) {
        if (!text.matches("zstd:[0-9]{1,2}")) {
            throw new IllegalArgumentException("'%s' is no compression; %s".formatted(text, ALLOWED));
        }
        return zstd(Integer.parseInt(text.substring("zstd:".length())));
    }

    @Override
    public String toString() {
        return switch (codec) {
            case STORED -> "none";
            case LZ4 -> "lz4";
            case ZSTD -> "zstd:" + level;
        };
    }
}
