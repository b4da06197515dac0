package io.xenolith.repository.damage;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import io.xenolith.repository.CorruptObjectException;
import io.xenolith.repository.index.ChunkIndex;
import io.xenolith.repository.object.ObjectKind;
import io.xenolith.repository.object.ObjectStore;
import io.xenolith.repository.pack.PackId;
import io.xenolith.repository.pack.PackKind;
import io.xenolith.repository.pack.PackTable;
import io.xenolith.repository.storage.ObjectMissingException;
import io.xenolith.repository.storage.Storage;
import io.xenolith.repository.storage.StoredObject;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/// Objects of kind [ObjectKind#DAMAGE] named `damage/` and 16 random hexadecimal digits, each about one pack. The payload,
/// little-endian:
///
/// | bytes | field    | meaning                                |
/// |------:|----------|----------------------------------------|
/// |     1 | kind     | of the pack: 0 data, 1 map             |
/// |    16 | id       | of the pack                            |
/// |     4 | count    | damaged chunks, 1 to 65,536            |
/// |   2 · | ordinal  | of each, by its number in the pack     |
public final class DamageRecords implements ChunkIndex.DamageSource {

    private static final String FOLDER = "damage/";
    private static final int MAX_BYTES = 1 << 20;
    private static final int FIXED_BYTES = 1 + PackId.BYTES + 4;

    private final Storage storage;
    private final ObjectStore objects;
    private final RandomGenerator random;
    private final Consumer<String> warning;

    /// @param warning told of records that are damaged themselves, as a sentence
    public DamageRecords(Storage storage, ObjectStore objects, RandomGenerator random, Consumer<String> warning) {
        this.storage = storage;
        this.objects = objects;
        this.random = random;
        this.warning = warning;
    }

    /// Records that chunks of a pack are damaged.
    public void add(PackId pack, BitSet ordinals) throws IOException {
        var out = ByteBuffer.allocate(FIXED_BYTES + 2 * ordinals.cardinality()).order(LITTLE_ENDIAN);
        out.put((byte) pack.kind().number()).put(pack.toBytes()).putInt(ordinals.cardinality());
        ordinals.stream().forEach(ordinal -> out.putShort((short) ordinal));
        objects.write(FOLDER + HexFormat.of().toHexDigits(random.nextLong()), ObjectKind.DAMAGE, out.array());
    }

    /// A damaged record does not keep the rest of the repository from being used: what it told of is found again when it is
    /// read.
    @Override
    public Map<PackId, BitSet> damaged() throws IOException {
        var damaged = new HashMap<PackId, BitSet>();
        for (var name : names()) {
            try {
                read(name, damaged);
            } catch (CorruptObjectException e) {
                warning.accept("%s; what it marked is taken for whole until 'xenolith repair packs' marks it again"
                        .formatted(e.getMessage()));
            } catch (ObjectMissingException _) {
                // its pack went since it was listed
            }
        }
        return damaged;
    }

    /// Forgets the records about packs that are gone.
    ///
    /// @param packs those that are there
    public void retain(Set<PackId> packs) throws IOException {
        for (var name : names()) {
            var record = new HashMap<PackId, BitSet>();
            try {
                read(name, record);
            } catch (CorruptObjectException _) {
                continue; // evidence
            }
            if (!packs.containsAll(record.keySet())) {
                storage.delete(name);
            }
        }
    }

    private List<String> names() throws IOException {
        return storage.list(FOLDER).stream().map(StoredObject::name).toList();
    }

    private void read(String name, Map<PackId, BitSet> damaged) throws IOException {
        var in = ByteBuffer.wrap(objects.read(name, ObjectKind.DAMAGE, MAX_BYTES)).order(LITTLE_ENDIAN);
        int kind = in.remaining() < FIXED_BYTES ? -1 : in.get();
        if (kind < 0 || kind >= PackKind.values().length) {
            throw new CorruptObjectException(name, "it is no record of damage");
        }
        var pack = PackId.get(PackKind.values()[kind], in);
        int count = in.getInt();
        if (count < 1 || count > PackTable.MAX_CHUNKS || in.remaining() != 2 * count) {
            throw new CorruptObjectException(name, "%d damaged chunks in %d bytes".formatted(count, in.remaining()));
        }
        var ordinals = damaged.computeIfAbsent(pack, _ -> new BitSet());
        while (in.hasRemaining()) {
            ordinals.set(in.getShort() & 0xFFFF);
        }
    }
}
