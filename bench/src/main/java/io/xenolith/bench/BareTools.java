package io.xenolith.bench;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import com.github.luben.zstd.ZstdDecompressCtx;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/// What hashing, compressing and encrypting cost as the libraries do them, without any code of ours: the references. For use
/// by one thread.
final class BareTools implements AutoCloseable {

    static final int HASHED_BYTES = 64 << 10; // about a chunk
    static final int FRAME_BYTES = 1 << 20;

    private static final int TAG_BYTES = 16;
    private static final int SEALED_BYTES = 16 << 10;

    private static final SecretKeySpec AES_KEY = new SecretKeySpec(new byte[32], "AES");
    private static final SecretKeySpec HMAC_KEY = new SecretKeySpec(new byte[32], "HmacSHA256");

    private final MessageDigest digest;
    private final Mac mac;
    private final Cipher gcm;
    private final ZstdCompressCtx compress = new ZstdCompressCtx().setLevel(3).setChecksum(false).setContentSize(false);
    private final ZstdDecompressCtx decompress = new ZstdDecompressCtx();
    private final byte[] id = new byte[32];
    private final byte[] compressed = new byte[(int) Zstd.compressBound(FRAME_BYTES)];
    private final byte[] sealed = new byte[compressed.length + TAG_BYTES];
    private long counter = 1;

    BareTools() {
        try {
            digest = MessageDigest.getInstance("SHA-256");
            mac = Mac.getInstance("HmacSHA256");
            mac.init(HMAC_KEY);
            gcm = Cipher.getInstance("AES/GCM/NoPadding");
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java runtime lacks SHA-256 or AES", e);
        }
    }

    /// SHA-256 of each 64 KiB of `bytes[offset, offset + length)`.
    byte[] sha256(byte[] bytes, int offset, int length) throws GeneralSecurityException {
        for (int at = 0; at < length; at += HASHED_BYTES) {
            digest.update(bytes, offset + at, Math.min(HASHED_BYTES, length - at));
            digest.digest(id, 0, id.length);
        }
        return id;
    }

    /// HMAC-SHA-256 of each 64 KiB.
    byte[] hmac(byte[] bytes, int offset, int length) throws GeneralSecurityException {
        for (int at = 0; at < length; at += HASHED_BYTES) {
            mac.update(bytes, offset + at, Math.min(HASHED_BYTES, length - at));
            mac.doFinal(id, 0);
        }
        return id;
    }

    /// zstd level 3 of at most a frame, into [#compressed()].
    int zstd(byte[] bytes, int offset, int length) {
        return compress.compressByteArray(compressed, 0, compressed.length, bytes, offset, length);
    }

    byte[] compressed() {
        return compressed;
    }

    int unzstd(byte[] from, int offset, int length, byte[] to, int at, int rawLength) {
        return decompress.decompressByteArray(to, at, rawLength, from, offset, length);
    }

    /// Seals at most a frame by AES-256-GCM. This also stands for opening, which is the same arithmetic: the JDK opens a message
    /// as a whole, by interpreted code until it has opened thousands, which is no measure of anything.
    int seal(byte[] bytes, int offset, int length) throws GeneralSecurityException {
        var nonce = ByteBuffer.allocate(12).putLong(4, counter++).array();
        gcm.init(Cipher.ENCRYPT_MODE, AES_KEY, new GCMParameterSpec(8 * TAG_BYTES, nonce));
        int done = 0;
        for (; length - done > SEALED_BYTES; done += SEALED_BYTES) {
            gcm.update(bytes, offset + done, SEALED_BYTES, sealed, done);
        }
        return done + gcm.doFinal(bytes, offset + done, length - done, sealed, done);
    }

    @Override
    public void close() {
        compress.close();
        decompress.close();
    }
}
