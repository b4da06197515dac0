package io.xenolith.source.xva;

import com.code_intelligence.jazzer.junit.DictionaryEntries;
import com.code_intelligence.jazzer.junit.FuzzTest;
import io.xenolith.source.fuzz.XvaFuzz;
import java.io.IOException;
import java.util.Arrays;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class XvaFuzzTest {

    @DictionaryEntries({"ova.xml\\x00", "Ref:7/00000000", "00000001", "99999999", ".xxhash", ".checksum", "checksum.xml",
            "00000002000", "77777777777"})
    @FuzzTest(maxDuration = "6s")
    void anArchiveIsReadOrRefused(byte[] archive) throws IOException {
        XvaFuzz.archive(archive);
        XvaFuzz.archive(mended(archive));
    }

    /// The archive with checksums that fit, of its headers and its chunks; a mutation would not get past them.
    private static byte[] mended(byte[] archive) {
        var bytes = archive.clone();
        var last = new TarHeader("", 0);
        int lastAt = 0;
        int at = 0;
        while (at <= bytes.length - TarHeader.BYTES) {
            mendHeader(bytes, at);
            var header = decode(bytes, at);
            int body = at + TarHeader.BYTES;
            if (header == null || header.size() > bytes.length - body) {
                break;
            }
            mendChecksum(bytes, last, lastAt, header, body);
            last = header;
            lastAt = body;
            at = (int) Math.min(bytes.length, body + TarHeader.padded(header.size()));
        }
        return bytes;
    }

    private static void mendHeader(byte[] bytes, int at) {
        int sum = 8 * ' ';
        for (int i = 0; i < TarHeader.BYTES; i++) {
            sum += i >= 148 && i < 156 ? 0 : Byte.toUnsignedInt(bytes[at + i]);
        }
        if (sum != 8 * ' ') { // else it is the end of the archive
            var digits = "%07o".formatted(sum);
            for (int i = 0; i < digits.length(); i++) {
                bytes[at + 148 + i] = (byte) digits.charAt(i);
            }
            bytes[at + 155] = 0;
        }
    }

    private static TarHeader decode(byte[] bytes, int at) {
        try {
            return TarHeader.decode(Arrays.copyOfRange(bytes, at, at + TarHeader.BYTES));
        } catch (TarHeader.RefusedException _) {
            return null;
        }
    }

    private static void mendChecksum(byte[] bytes, TarHeader chunk, int chunkAt, TarHeader checksum, int checksumAt) {
        ChunkChecksum.following(chunk.name(), checksum.name()).filter(kind -> kind.length() == checksum.size())
                .ifPresent(kind -> System.arraycopy(kind.of(bytes, chunkAt, (int) chunk.size()), 0, bytes, checksumAt,
                        kind.length()));
    }
}
