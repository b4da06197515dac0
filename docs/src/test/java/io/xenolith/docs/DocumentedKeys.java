package io.xenolith.docs;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.text.Normalizer;
import java.util.Arrays;
import java.util.HexFormat;
import javax.crypto.Cipher;
import javax.crypto.KDF;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.HKDFParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.params.Argon2Parameters;

/// Sections 3, 4 and 10 of `format.md`, written a second time, without Xenolith.
final class DocumentedKeys {

    private final byte[] masterKey;

    private DocumentedKeys(byte[] masterKey) {
        this.masterKey = masterKey;
    }

    /// Opens a key slot, as it lies in the repository.
    static DocumentedKeys open(byte[] slot, String password) throws GeneralSecurityException {
        var checksum = MessageDigest.getInstance("SHA-256").digest(Arrays.copyOf(slot, slot.length - 32));
        if (!Arrays.equals(checksum, Arrays.copyOfRange(slot, slot.length - 32, slot.length))) {
            throw new IllegalArgumentException("the slot's checksum is wrong");
        }
        var in = ByteBuffer.wrap(slot);
        var salt = Arrays.copyOfRange(slot, 54, 54 + slot[52]);
        int headLength = 54 + slot[52] + Byte.toUnsignedInt(slot[53]);
        var argon2 = new Argon2BytesGenerator();
        argon2.init(new Argon2Parameters.Builder(Argon2Parameters.ARGON2_id).withVersion(0x13).withSalt(salt)
                .withMemoryAsKB(in.getInt(28)).withIterations(in.getInt(32)).withParallelism(in.getInt(36)).build());
        var slotKey = new byte[32];
        argon2.generateBytes(Normalizer.normalize(password, Normalizer.Form.NFC).getBytes(UTF_8), slotKey);
        return new DocumentedKeys(decrypt(slotKey, Arrays.copyOfRange(slot, 40, 52), Arrays.copyOf(slot, headLength),
                Arrays.copyOfRange(slot, headLength, headLength + 48)));
    }

    byte[] derive(String purpose, String name) throws GeneralSecurityException {
        var input = HKDFParameterSpec.ofExtract().addIKM(masterKey).thenExpand((purpose + "\0" + name).getBytes(UTF_8), 32);
        return KDF.getInstance("HKDF-SHA256").deriveData(input);
    }

    /// What was sealed by protection 1.
    byte[] decrypt(String purpose, String name, long counter, byte[] context, byte[] sealed) throws GeneralSecurityException {
        var nonce = ByteBuffer.allocate(12).putInt(0).putLong(counter).array();
        return decrypt(derive(purpose, name), nonce, context, sealed);
    }

    private static byte[] decrypt(byte[] key, byte[] nonce, byte[] associated, byte[] sealed) throws GeneralSecurityException {
        var cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(Cipher.DECRYPT_MODE, new SecretKeySpec(key, "AES"), new GCMParameterSpec(128, nonce));
        cipher.updateAAD(associated);
        return cipher.doFinal(sealed);
    }

    /// The id of a chunk or node, in hexadecimal digits.
    String id(byte[] bytes) throws GeneralSecurityException {
        var mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(derive("xenolith chunk id", ""), "HmacSHA256"));
        return HexFormat.of().formatHex(mac.doFinal(bytes));
    }
}
