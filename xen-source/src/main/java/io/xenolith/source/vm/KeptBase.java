package io.xenolith.source.vm;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/// What of a backup stayed in the pool, so that the next one can ask what changed since. Kept beside the disks of the restore
/// point as the JSON file [#FILE], whose keys are the components.
///
/// @param pool     the pool's UUID
/// @param vm       the machine's UUID
/// @param snapshot the UUID of the snapshot, if it was kept whole
public record KeptBase(String pool, String vm, Optional<String> snapshot, List<Disk> disks) {

    /// What the file is called.
    public static final String FILE = "base.json";

    private static final JsonMapper JSON =
            JsonMapper.builder().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();

    /// A disk of it.
    ///
    /// @param name     as in the restore point
    /// @param vdi      the UUID of the machine's disk
    /// @param snapshot the UUID of the disk's snapshot, or of what is left of it
    /// @param data     whether that still has the data
    /// @param tracked  whether changed blocks are tracked from there on
    public record Disk(String name, String vdi, String snapshot, boolean data, boolean tracked) {
    }

    public KeptBase {
        disks = List.copyOf(disks);
    }

    /// The disk of this name.
    public Optional<Disk> disk(String name) {
        return disks.stream().filter(disk -> disk.name().equals(name)).findAny();
    }

    public byte[] encode() {
        return JSON.writeValueAsBytes(this);
    }

    /// @throws IOException if it is no such file
    public static KeptBase decode(byte[] json) throws IOException {
        try {
            return JSON.readValue(json, KeptBase.class);
        } catch (JacksonException e) {
            throw new IOException("%s of the restore point cannot be read: %s".formatted(FILE, e.getOriginalMessage()), e);
        }
    }
}
