package io.xenolith.repository.setting;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.xenolith.engine.chunk.ChunkIdentity;
import io.xenolith.repository.CorruptObjectException;
import io.xenolith.repository.object.ObjectKind;
import io.xenolith.repository.object.ObjectStore;
import io.xenolith.repository.storage.ObjectMissingException;
import io.xenolith.repository.storage.Storage;
import io.xenolith.repository.storage.StoredObject;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// Small named contents, sealed as everything else in the repository: in an encrypted one neither names nor contents tell
/// an outsider anything. Safe for use by several threads, and beside other processes that read and change settings; of two
/// changes at once one wins.
///
/// Objects of kind [ObjectKind#SETTING], named as [SettingVersion] says. An object is never changed, so a new content is a
/// new object with the next number, and the highest counts; the old ones go afterwards. A crash in between leaves old ones
/// that nobody reads, until the next change. The payload:
///
/// | bytes | field       | meaning                        |
/// |------:|-------------|--------------------------------|
/// |     1 | name length | 1 to 127                       |
/// |       | name        | in ASCII                       |
/// |       | content     | up to the end of the payload   |
public final class Settings {

    /// The most bytes that a content may have.
    public static final int MAX_BYTES = 64 << 10;

    private static final int MAX_OBJECT_BYTES = MAX_BYTES + (4 << 10);
    private static final int KEY_BYTES = 16;
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._/-]{0,126}");

    private final Storage storage;
    private final ObjectStore objects;
    private final ChunkIdentity identity;
    private final RandomGenerator random;
    private final Consumer<String> warning;

    /// @param identity the repository's; hides the names where it is keyed
    /// @param random   for names of objects; must be cryptographically strong
    /// @param warning  told of settings that are damaged, as a sentence
    public Settings(Storage storage, ObjectStore objects, ChunkIdentity identity, RandomGenerator random,
            Consumer<String> warning) {
        this.storage = storage;
        this.objects = objects;
        this.identity = identity;
        this.random = random;
        this.warning = warning;
    }

    /// Keeps `content` under `name`, in the place of what was there. When this returns, it survives a power loss.
    ///
    /// @param name letters, digits and `. _ - /`, at most 127, a letter or digit first
    /// @param content at most [#MAX_BYTES]; the caller may wipe it afterwards
    /// @throws IllegalArgumentException if name or content are otherwise
    public void put(String name, byte[] content) throws IOException {
        if (content.length > MAX_BYTES) {
            throw new IllegalArgumentException("a setting has at most %d bytes, not %d".formatted(MAX_BYTES, content.length));
        }
        var key = key(name);
        var before = versions(SettingVersion.folder(key));
        var version = before.isEmpty() ? SettingVersion.first(key, random) : before.getLast().next(random);
        var payload = encode(name, content);
        try {
            objects.write(version.object(), ObjectKind.SETTING, payload);
        } finally {
            Arrays.fill(payload, (byte) 0); // it may be a secret
        }
        delete(before);
    }

    /// What is kept under `name`.
    ///
    /// @throws CorruptObjectException if it is damaged; an older content is not taken in its place
    /// @throws IllegalArgumentException if no setting can be called so
    public Optional<byte[]> get(String name) throws IOException {
        var key = key(name);
        while (true) {
            var versions = versions(SettingVersion.folder(key));
            if (versions.isEmpty()) {
                return Optional.empty();
            }
            try {
                return Optional.of(read(versions.getLast()).content());
            } catch (ObjectMissingException _) {
                // it was replaced or removed since it was listed
            }
        }
    }

    /// All settings by name. Of those that are damaged the warning is told, and they are left out.
    public SortedMap<String, byte[]> all() throws IOException {
        var newest = versions(SettingVersion.FOLDER).stream()
                .collect(Collectors.toMap(SettingVersion::key, version -> version, (_, later) -> later));
        var all = new TreeMap<String, byte[]>();
        for (var version : newest.values()) {
            try {
                var setting = read(version);
                all.put(setting.name(), setting.content());
            } catch (ObjectMissingException _) {
                // it was replaced or removed since it was listed; whoever needs that one asks for it by name
            } catch (CorruptObjectException e) {
                warning.accept("a setting is damaged and left out: " + e.getMessage());
            }
        }
        return all;
    }

    /// Removes what is kept under `name`, damaged or not.
    ///
    /// @return false if there was nothing
    /// @throws IllegalArgumentException if no setting can be called so
    public boolean remove(String name) throws IOException {
        return delete(versions(SettingVersion.folder(key(name))));
    }

    /// The oldest first: a crash on the way must not bring an old content back.
    private boolean delete(List<SettingVersion> versions) throws IOException {
        boolean deleted = false;
        for (var version : versions) {
            deleted |= storage.delete(version.object());
        }
        return deleted;
    }

    /// Those in a folder, sorted by setting and number.
    private List<SettingVersion> versions(String folder) throws IOException {
        return storage.list(folder).stream().map(StoredObject::name).map(SettingVersion::parse).flatMap(Optional::stream)
                .toList();
    }

    private String key(String name) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("not a name for a setting: '%s'".formatted(name));
        }
        var id = identity.ofFew(("setting\0" + name).getBytes(UTF_8));
        return HexFormat.of().formatHex(id.toBytes(), 0, KEY_BYTES);
    }

    private record Setting(String name, byte[] content) {
    }

    private static byte[] encode(String name, byte[] content) {
        var ascii = name.getBytes(UTF_8);
        return ByteBuffer.allocate(1 + ascii.length + content.length).put((byte) ascii.length).put(ascii).put(content)
                .array();
    }

    private Setting read(SettingVersion version) throws IOException {
        var payload = objects.read(version.object(), ObjectKind.SETTING, MAX_OBJECT_BYTES);
        int nameLength = payload.length == 0 ? 0 : payload[0];
        if (nameLength < 1 || nameLength >= payload.length) {
            throw new CorruptObjectException(version.object(), "a name of %d bytes in %d".formatted(nameLength, payload.length));
        }
        var name = new String(payload, 1, nameLength, UTF_8);
        if (!NAME.matcher(name).matches() || !key(name).equals(version.key())) {
            throw new CorruptObjectException(version.object(), "it holds the setting of another name");
        }
        return new Setting(name, Arrays.copyOfRange(payload, 1 + nameLength, payload.length));
    }
}
