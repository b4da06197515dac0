package io.xenolith.repository.verify;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import io.xenolith.repository.CorruptObjectException;
import io.xenolith.repository.object.ObjectKind;
import io.xenolith.repository.object.ObjectStore;
import io.xenolith.repository.pack.PackId;
import io.xenolith.repository.pack.PackKind;
import io.xenolith.repository.storage.ObjectMissingException;
import io.xenolith.repository.storage.Storage;
import io.xenolith.repository.storage.StoredObject;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;

/// When each pack's data was last read and found whole. Objects of kind [ObjectKind#VERIFICATION] named `verified/` and 16
/// random hexadecimal digits; where several speak of a pack, the latest time counts. The payload, little-endian, is a
/// list of:
///
/// | bytes | field | meaning                           |
/// |------:|-------|-----------------------------------|
/// |     1 | kind  | of the pack: 0 data, 1 map        |
/// |    16 | id    | of the pack                       |
/// |     8 | time  | seconds since 1970-01-01T00:00:00Z |
public final class VerificationLedger {

    private static final String FOLDER = "verified/";
    private static final int ENTRY_BYTES = 1 + PackId.BYTES + 8;
    private static final int MAX_BYTES = 64 << 20;

    private final Storage storage;
    private final ObjectStore objects;
    private final RandomGenerator random;

    public VerificationLedger(Storage storage, ObjectStore objects, RandomGenerator random) {
        this.storage = storage;
        this.objects = objects;
        this.random = random;
    }

    /// The times of the packs that were ever verified. A damaged record is as good as none: its packs are read again.
    public Map<PackId, Instant> read() throws IOException {
        var times = new HashMap<PackId, Instant>();
        for (var name : names()) {
            try {
                merge(times, decode(name, objects.read(name, ObjectKind.VERIFICATION, MAX_BYTES)));
            } catch (CorruptObjectException | ObjectMissingException _) {
                // nothing is known of its packs; or another verification has gathered it since it was listed
            }
        }
        return times;
    }

    /// Records that packs were verified at `now`, and gathers what older records say of packs that are still there.
    ///
    /// @param present the packs that are there
    public void record(Collection<PackId> verified, Instant now, Collection<PackId> present) throws IOException {
        var before = names();
        var times = read();
        verified.forEach(pack -> times.merge(pack, now, VerificationLedger::later));
        times.keySet().retainAll(Set.copyOf(present));
        objects.write(FOLDER + HexFormat.of().toHexDigits(random.nextLong()), ObjectKind.VERIFICATION, encode(times));
        for (var name : before) {
            storage.delete(name);
        }
    }

    private List<String> names() throws IOException {
        return storage.list(FOLDER).stream().map(StoredObject::name).toList();
    }

    private static void merge(Map<PackId, Instant> into, Map<PackId, Instant> from) {
        from.forEach((pack, time) -> into.merge(pack, time, VerificationLedger::later));
    }

    private static Instant later(Instant a, Instant b) {
        return a.isAfter(b) ? a : b;
    }

    private static byte[] encode(Map<PackId, Instant> times) {
        var out = ByteBuffer.allocate(times.size() * ENTRY_BYTES).order(LITTLE_ENDIAN);
        times.forEach((pack, time) ->
                out.put((byte) pack.kind().number()).put(pack.toBytes()).putLong(time.getEpochSecond()));
        return out.array();
    }

    private static Map<PackId, Instant> decode(String name, byte[] payload) throws CorruptObjectException {
        var in = ByteBuffer.wrap(payload).order(LITTLE_ENDIAN);
        var times = new HashMap<PackId, Instant>();
        if (payload.length % ENTRY_BYTES != 0) {
            throw new CorruptObjectException(name, "it ends within a pack");
        }
        while (in.hasRemaining()) {
            int kind = in.get();
            if (kind < 0 || kind >= PackKind.values().length) {
                throw new CorruptObjectException(name, "a pack of kind %d".formatted(kind));
            }
            var pack = PackId.get(PackKind.values()[kind], in);
            times.put(pack, Instant.ofEpochSecond(Math.clamp(in.getLong(), 0, 253402300799L)));
        }
        return times;
    }
}
