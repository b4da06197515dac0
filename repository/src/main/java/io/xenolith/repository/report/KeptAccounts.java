package io.xenolith.repository.report;

import static java.nio.ByteOrder.LITTLE_ENDIAN;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.xenolith.engine.point.RestorePoint;
import io.xenolith.repository.CorruptObjectException;
import io.xenolith.repository.index.PackEntry;
import io.xenolith.repository.object.ObjectKind;
import io.xenolith.repository.object.ObjectStore;
import io.xenolith.repository.pack.PackId;
import io.xenolith.repository.report.Accounts.Sums;
import io.xenolith.repository.storage.ObjectMissingException;
import io.xenolith.repository.storage.Storage;
import io.xenolith.repository.storage.StorageFullException;
import io.xenolith.repository.storage.StorageReadOnlyException;
import io.xenolith.repository.storage.StoredObject;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collection;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/// The accounts that were made last, so that asking again does not mean to walk all block maps. They can be lost, and count
/// only for the very points, packs and records of damage that they were made of. One object of kind [ObjectKind#ACCOUNTS]
/// named `accounts/` and 16 random hexadecimal digits. The payload, little-endian:
///
/// | bytes   | field    | meaning                                                                            |
/// |--------:|----------|------------------------------------------------------------------------------------|
/// |      32 | state    | SHA-256 of what they were made of, see [State]                                     |
/// |       8 | needed   | as an IEEE 754 double: bytes of packs that any point needs                         |
/// |       4 | points   | how many                                                                           |
/// |     40n | sums     | for each point, by time: logical, unique, new (integers), freed, packed (doubles)  |
/// |       4 | machines | how many                                                                           |
/// | 42 + …  | machine  | length of the name in 2 bytes, the name in UTF-8, and its sums as above            |
public final class KeptAccounts {

    private static final String FOLDER = "accounts/";
    private static final int MAX_BYTES = 64 << 20;
    private static final int SUMS_BYTES = 5 * 8;

    private final Storage storage;
    private final ObjectStore objects;

    public KeptAccounts(Storage storage, ObjectStore objects) {
        this.storage = storage;
        this.objects = objects;
    }

    /// What accounts are made of, as a digest: in this order and each with a zero byte behind it, the ids of all points by
    /// time with the root ids of their parts, the names of all packs in order with their lengths, and those of packs with
    /// damage in order with the bits of the damaged chunks.
    ///
    /// @param points how many points there are
    record State(byte[] digest, int points) {

        static State of(List<RestorePoint> byTime, Collection<PackEntry> packs, Map<PackId, BitSet> damaged) {
            var digest = sha256();
            for (var point : byTime) {
                add(digest, point.id().getBytes(UTF_8));
                point.parts().forEach(part -> add(digest, part.root().toBytes()));
            }
            for (var pack : packs.stream().sorted(Comparator.comparing(pack -> pack.id().name())).toList()) {
                add(digest, pack.id().name().getBytes(UTF_8));
                add(digest, ByteBuffer.allocate(Long.BYTES).order(LITTLE_ENDIAN).putLong(pack.length()).array());
            }
            for (var pack : damaged.keySet().stream().sorted(Comparator.comparing(PackId::name)).toList()) {
                add(digest, pack.name().getBytes(UTF_8));
                add(digest, damaged.get(pack).toByteArray());
            }
            return new State(digest.digest(), byTime.size());
        }

        private static void add(MessageDigest digest, byte[] bytes) {
            digest.update(bytes);
            digest.update((byte) 0);
        }

        private static MessageDigest sha256() {
            try {
                return MessageDigest.getInstance("SHA-256");
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException("this Java runtime lacks SHA-256", e);
            }
        }
    }

    /// The accounts of `state`, if these were kept and are whole.
    Optional<Accounts> read(State state) throws IOException {
        for (var name : names()) {
            try {
                var kept = decode(name, objects.read(name, ObjectKind.ACCOUNTS, MAX_BYTES), state);
                if (kept.isPresent()) {
                    return kept;
                }
            } catch (CorruptObjectException | ObjectMissingException _) {
                // they are made anew
            }
        }
        return Optional.empty();
    }

    /// Keeps accounts in the place of those that there are, if the storage takes them.
    void replace(State state, Accounts accounts, RandomGenerator random) throws IOException {
        var payload = encode(state, accounts);
        if (payload.length > MAX_BYTES) {
            return;
        }
        var before = names();
        try {
            objects.write(FOLDER + HexFormat.of().toHexDigits(random.nextLong()), ObjectKind.ACCOUNTS, payload);
            for (var old : before) {
                storage.delete(old);
            }
        } catch (StorageFullException | StorageReadOnlyException _) {
            // the next report takes longer, and that is all
        }
    }

    private List<String> names() throws IOException {
        return storage.list(FOLDER).stream().map(StoredObject::name).toList();
    }

    private static byte[] encode(State state, Accounts accounts) {
        int names = accounts.vms().keySet().stream().mapToInt(name -> 2 + name.getBytes(UTF_8).length).sum();
        int sums = accounts.points().size() + accounts.vms().size();
        var out = ByteBuffer.allocate(state.digest.length + 8 + 4 + 4 + names + SUMS_BYTES * sums).order(LITTLE_ENDIAN);
        out.put(state.digest).putDouble(accounts.neededPacked()).putInt(accounts.points().size());
        accounts.points().forEach(point -> put(out, point));
        out.putInt(accounts.vms().size());
        accounts.vms().forEach((name, vm) -> {
            var encoded = name.getBytes(UTF_8);
            put(out.putShort((short) encoded.length).put(encoded), vm);
        });
        return out.array();
    }

    private static void put(ByteBuffer out, Sums sums) {
        out.putLong(sums.logical()).putLong(sums.unique()).putLong(sums.news()).putDouble(sums.freed()).putDouble(sums.packed());
    }

    private static Optional<Accounts> decode(String object, byte[] payload, State state) throws CorruptObjectException {
        var in = ByteBuffer.wrap(payload).order(LITTLE_ENDIAN);
        try {
            var digest = new byte[state.digest.length];
            in.get(digest);
            if (!Arrays.equals(digest, state.digest)) {
                return Optional.empty();
            }
            double neededPacked = in.getDouble();
            var points = new ArrayList<Sums>();
            for (int left = in.getInt(); left > 0; left--) {
                points.add(sums(in));
            }
            var vms = new TreeMap<String, Sums>();
            for (int left = in.getInt(); left > 0; left--) {
                var name = new byte[Math.min(in.getShort() & 0xFFFF, in.remaining())];
                in.get(name);
                vms.put(new String(name, UTF_8), sums(in));
            }
            if (points.size() != state.points || in.hasRemaining()) {
                throw new CorruptObjectException(object, "it has the sums of %d points, there are %d, and %d bytes behind"
                        .formatted(points.size(), state.points, in.remaining()));
            }
            return Optional.of(new Accounts(points, vms, neededPacked));
        } catch (BufferUnderflowException e) {
            throw new CorruptObjectException(object, "it ends at byte %d, in the middle of sums".formatted(payload.length));
        }
    }

    private static Sums sums(ByteBuffer in) {
        return new Sums(in.getLong(), in.getLong(), in.getLong(), in.getDouble(), in.getDouble());
    }
}
