package io.xenolith.source.xva;

import com.github.luben.zstd.ZstdInputStream;
import com.github.luben.zstd.ZstdOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;

/// How an archive is packed as a whole.
///
/// | kind | begins with                                               | read                                       |
/// |------|-----------------------------------------------------------|--------------------------------------------|
/// | gzip | `1F 8B`                                                   | members one after the other                |
/// | zstd | `28 B5 2F FD`, or `50 2A 4D 18` to `5F 2A 4D 18` to skip  | frames one after the other, some to skip   |
public enum Compression {
    NONE, GZIP, ZSTD;

    /// How many bytes at the beginning tell.
    static final int MAGIC_BYTES = 4;

    private static final int ZSTD_LEVEL = 3; // what hosts use
    private static final int BUFFER_BYTES = 64 << 10;

    /// The kind of an archive that begins with `magic`.
    static Compression of(byte[] magic) {
        if (magic[0] == 0x1f && magic[1] == (byte) 0x8b) {
            return GZIP;
        }
        boolean frame = magic[0] == 0x28 && magic[1] == (byte) 0xb5 && magic[2] == 0x2f && magic[3] == (byte) 0xfd;
        boolean skipped = (magic[0] & 0xf0) == 0x50 && magic[1] == 0x2a && magic[2] == 0x4d && magic[3] == 0x18;
        return frame || skipped ? ZSTD : NONE;
    }

    /// The bytes that `in` holds packed. Fails where they are damaged or cut, and at anything behind them.
    InputStream unpack(InputStream in) throws IOException {
        return switch (this) {
            case NONE -> in;
            case GZIP -> GzipCompressorInputStream.builder().setInputStream(in).setDecompressConcatenated(true).get();
            case ZSTD -> new ZstdInputStream(in);
        };
    }

    /// Packs what is written; closing the result ends it and closes `out`.
    OutputStream pack(OutputStream out) throws IOException {
        return switch (this) {
            case NONE -> out;
            case GZIP -> new GZIPOutputStream(out, BUFFER_BYTES);
            case ZSTD -> new ZstdOutputStream(out, ZSTD_LEVEL)
                    .setWorkers(Runtime.getRuntime().availableProcessors());
        };
    }
}
