package io.xenolith.engine.crypto;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/// The master key as a password locks it. Immutable; what it holds is no secret, but whoever has it can try passwords.
///
/// Layout of version 1. Integers are big-endian and unsigned, lengths are in bytes.
///
/// | offset      | bytes | field         | meaning                                                       |
/// |-------------|------:|---------------|---------------------------------------------------------------|
/// | 0           |     8 | magic         | ASCII `XENOKEY` and the version's digit, `1`                  |
/// | 8           |     8 | id            | random; shown as 16 hexadecimal digits                        |
/// | 16          |     8 | created       | seconds since 1970-01-01T00:00:00Z, before the year 10000     |
/// | 24          |     4 | created, ns   | nanoseconds of that second                                    |
/// | 28          |     4 | memory        | of Argon2id, in KiB, see [Argon2Parameters] for the bounds    |
/// | 32          |     4 | iterations    | of Argon2id                                                   |
/// | 36          |     4 | parallelism   | of Argon2id                                                   |
/// | 40          |    12 | nonce         | random, of AES-GCM                                            |
/// | 52          |     1 | salt length   | S, 16 to 64                                                   |
/// | 53          |     1 | label length  | L, 0 to 255                                                   |
/// | 54          |     S | salt          | random, of Argon2id                                           |
/// | 54 + S      |     L | label         | UTF-8 without control characters; what a person calls it      |
/// | 54 + S + L  |    48 | wrapped key   | the master key's 32 bytes sealed, and the tag of 16           |
/// | 102 + S + L |    32 | checksum      | SHA-256 of all bytes before it, in every version              |
///
/// - **Wrapping.** AES-256-GCM. The key is Argon2id version 1.3 of the password (UTF-8 in NFC) and the salt, 32 bytes long,
///   without secret or associated data. The associated data of AES-GCM are all bytes before the wrapped key, so that no
///   field can be changed unnoticed.
/// - **What the checksum is for.** It tells damage from a wrong password, and from a newer version. It protects from no
///   one who writes slots on purpose: such a slot looks like a wrong password.
public final class KeySlot {

    private static final byte[] MAGIC = "XENOKEY".getBytes(StandardCharsets.US_ASCII);
    private static final char VERSION = '1';
    private static final int ID_BYTES = 8;
    private static final int NONCE_BYTES = 12;
    private static final int TAG_BYTES = 16;
    private static final int WRAPPED_KEY_BYTES = MasterKey.BYTES + TAG_BYTES;
    private static final int CHECKSUM_BYTES = 32;
    private static final int FIXED_BYTES = 54;
    private static final int NEW_SALT_BYTES = 16;
    private static final int MIN_SALT_BYTES = 16;
    private static final int MAX_SALT_BYTES = 64;
    private static final int MAX_LABEL_BYTES = 255;
    private static final long MAX_CREATED_SECONDS = Instant.parse("9999-12-31T23:59:59Z").getEpochSecond();

    private final byte[] id;
    private final String label;
    private final Instant created;
    private final Argon2Parameters argon2;
    private final byte[] salt;
    private final byte[] nonce;
    private final byte[] wrappedKey;

    private KeySlot(
            byte[] id, String label, Instant created, Argon2Parameters argon2, byte[] salt, byte[] nonce, byte[] wrappedKey) {
        requireLabel(label);
        if (created.getEpochSecond() < 0 || created.getEpochSecond() > MAX_CREATED_SECONDS) {
            throw new IllegalArgumentException("a key slot is created between 1970 and 9999, not " + created);
        }
        requireLength("salt", salt, MIN_SALT_BYTES, MAX_SALT_BYTES);
        this.id = id;
        this.label = label;
        this.created = created;
        this.argon2 = argon2;
        this.salt = salt;
        this.nonce = nonce;
        this.wrappedKey = wrappedKey;
    }

    private static void requireLabel(String label) {
        requireLength("label", StrictUtf8.encode(label, "the label of a key slot"), 0, MAX_LABEL_BYTES);
        if (label.chars().anyMatch(Character::isISOControl)) { // a terminal would obey them, and anybody can write a slot
            throw new IllegalArgumentException("the label of a key slot holds a control character");
        }
    }

    private static void requireLength(String what, byte[] bytes, int least, int most) {
        if (bytes.length < least || bytes.length > most) {
            throw new IllegalArgumentException("the %s of a key slot has %d bytes, allowed are %d to %d"
                    .formatted(what, bytes.length, least, most));
        }
    }

    /// Locks `masterKey` with `password`, which the caller wipes. Takes the time and memory that `argon2` asks for.
    ///
    /// @param label what a person calls the slot: up to 255 bytes of UTF-8, no control characters; may be empty
    /// @param now the time that the slot tells as that of its creation
    /// @throws IllegalArgumentException if the password is empty, or the password or the label is no well-formed text
    public static KeySlot create(
            MasterKey masterKey, char[] password, Argon2Parameters argon2, String label, Instant now, SecureRandom random) {
        byte[] none = new byte[0];
        var unfilled = new KeySlot(
                bytes(random, ID_BYTES), label, now, argon2, bytes(random, NEW_SALT_BYTES), bytes(random, NONCE_BYTES), none);
        byte[] secret = masterKey.secret();
        try {
            byte[] wrapped = unfilled.cipher(Cipher.ENCRYPT_MODE, password).doFinal(secret);
            return new KeySlot(unfilled.id, label, now, argon2, unfilled.salt, unfilled.nonce, wrapped);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the master key cannot be wrapped", e);
        } finally {
            Arrays.fill(secret, (byte) 0);
        }
    }

    private static byte[] bytes(SecureRandom random, int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    /// Unlocks the master key with `password`, which the caller wipes. Takes the time and memory that [#argon2] tells.
    ///
    /// @throws WrongPasswordException if the password is another one, or somebody changed the slot and its checksum
    /// @throws IllegalArgumentException if the password is empty or no well-formed text
    public MasterKey open(char[] password) throws WrongPasswordException {
        byte[] secret = new byte[0];
        try {
            secret = cipher(Cipher.DECRYPT_MODE, password).doFinal(wrappedKey);
            return MasterKey.of(secret);
        } catch (AEADBadTagException e) {
            throw new WrongPasswordException(this, e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the master key cannot be unwrapped", e);
        } finally {
            Arrays.fill(secret, (byte) 0);
        }
    }

    private Cipher cipher(int mode, char[] password) throws GeneralSecurityException {
        byte[] encoded = Password.encode(password);
        byte[] key = new byte[0];
        try {
            key = argon2.derive(encoded, salt);
            var cipher = Cipher.getInstance("AES/GCM/NoPadding");
            cipher.init(mode, new SecretKeySpec(key, "AES"), new GCMParameterSpec(TAG_BYTES * 8, nonce));
            cipher.updateAAD(head());
            return cipher;
        } finally {
            Arrays.fill(encoded, (byte) 0);
            Arrays.fill(key, (byte) 0);
        }
    }

    /// All bytes before the wrapped key, which are the associated data of its wrapping.
    private byte[] head() {
        byte[] labelBytes = StrictUtf8.encode(label, "the label of a key slot");
        return ByteBuffer.allocate(FIXED_BYTES + salt.length + labelBytes.length)
                .put(MAGIC)
                .put((byte) VERSION)
                .put(id)
                .putLong(created.getEpochSecond())
                .putInt(created.getNano())
                .putInt(argon2.memoryKiB())
                .putInt(argon2.iterations())
                .putInt(argon2.parallelism())
                .put(nonce)
                .put((byte) salt.length)
                .put((byte) labelBytes.length)
                .put(salt)
                .put(labelBytes)
                .array();
    }

    /// The slot as it is stored.
    public byte[] encode() {
        byte[] head = head();
        var out = ByteBuffer.allocate(head.length + WRAPPED_KEY_BYTES + CHECKSUM_BYTES).put(head).put(wrappedKey);
        return out.put(checksum(out.array(), out.position())).array();
    }

    /// Reads what [#encode] wrote. Needs no password and takes no time.
    ///
    /// @throws CorruptKeySlotException if the bytes are not those that were written
    /// @throws UnacceptableKeySlotException if they are of a newer version, or a field is out of its bounds
    public static KeySlot decode(byte[] encoded) throws CorruptKeySlotException, UnacceptableKeySlotException {
        requireWhole(encoded);
        char version = (char) encoded[MAGIC.length];
        if (version != VERSION) {
            throw new UnacceptableKeySlotException(
                    "it is of version '%c', this program knows '%c'".formatted(version, VERSION), null);
        }
        requireSize(encoded);
        try {
            return decodeFields(ByteBuffer.wrap(encoded).position(MAGIC.length + 1));
        } catch (CharacterCodingException e) {
            throw new UnacceptableKeySlotException("its label is no UTF-8", e);
        } catch (IllegalArgumentException e) {
            throw new UnacceptableKeySlotException(e.getMessage(), e);
        }
    }

    private static void requireWhole(byte[] encoded) throws CorruptKeySlotException {
        if (encoded.length < MAGIC.length + 1 + CHECKSUM_BYTES) {
            throw new CorruptKeySlotException("it ends after %d bytes".formatted(encoded.length));
        }
        if (!Arrays.equals(encoded, 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
            throw new CorruptKeySlotException("it does not begin with XENOKEY");
        }
        int end = encoded.length - CHECKSUM_BYTES;
        byte[] expected = checksum(encoded, end);
        if (!Arrays.equals(encoded, end, encoded.length, expected, 0, CHECKSUM_BYTES)) {
            throw new CorruptKeySlotException("the checksum of its first %d bytes is %s, expected %s".formatted(
                    end, HexFormat.of().formatHex(expected), HexFormat.of().formatHex(encoded, end, encoded.length)));
        }
    }

    private static void requireSize(byte[] encoded) throws UnacceptableKeySlotException {
        int least = FIXED_BYTES + WRAPPED_KEY_BYTES + CHECKSUM_BYTES;
        int expected = encoded.length < least ? least : least + (encoded[52] & 0xff) + (encoded[53] & 0xff);
        if (encoded.length != expected) {
            throw new UnacceptableKeySlotException("it has %d bytes, its fields say %d".formatted(encoded.length, expected), null);
        }
    }

    /// Reads fields that may say anything, but lie inside `in` as a whole.
    private static KeySlot decodeFields(ByteBuffer in) throws CharacterCodingException {
        byte[] id = take(in, ID_BYTES);
        long seconds = in.getLong();
        int nanos = in.getInt();
        if (seconds < 0 || seconds > MAX_CREATED_SECONDS || nanos < 0 || nanos > 999_999_999) {
            throw new IllegalArgumentException("it is created at second %d and nanosecond %d".formatted(seconds, nanos));
        }
        var argon2 = new Argon2Parameters(in.getInt(), in.getInt(), in.getInt());
        byte[] nonce = take(in, NONCE_BYTES);
        int saltLength = in.get() & 0xff;
        int labelLength = in.get() & 0xff;
        byte[] salt = take(in, saltLength);
        var label = StrictUtf8.decode(take(in, labelLength));
        return new KeySlot(id, label, Instant.ofEpochSecond(seconds, nanos), argon2, salt, nonce, take(in, WRAPPED_KEY_BYTES));
    }

    private static byte[] take(ByteBuffer in, int length) {
        byte[] bytes = new byte[length];
        in.get(bytes);
        return bytes;
    }

    private static byte[] checksum(byte[] bytes, int length) {
        try {
            var sha256 = MessageDigest.getInstance("SHA-256");
            sha256.update(bytes, 0, length);
            return sha256.digest();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java runtime lacks SHA-256, which every one must have", e);
        }
    }

    /// 16 hexadecimal digits, unlike those of any other slot.
    public String id() {
        return HexFormat.of().formatHex(id);
    }

    /// What a person calls the slot; may be empty.
    public String label() {
        return label;
    }

    public Instant created() {
        return created;
    }

    public Argon2Parameters argon2() {
        return argon2;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof KeySlot that && Arrays.equals(encode(), that.encode());
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(id);
    }

    @Override
    public String toString() {
        return label.isEmpty() ? "key slot " + id() : "key slot %s '%s'".formatted(id(), label);
    }
}
