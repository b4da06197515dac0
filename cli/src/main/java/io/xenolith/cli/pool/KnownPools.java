package io.xenolith.cli.pool;

import io.xenolith.cli.OpenRepository;
import io.xenolith.cli.UsageException;
import io.xenolith.repository.setting.Settings;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

/// The pools that a repository remembers, as settings `pool/NAME`.
record KnownPools(Settings settings) {

    private static final String PREFIX = "pool/";
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,62}");

    static KnownPools of(OpenRepository open) {
        return new KnownPools(open.repository().settings());
    }

    /// Returns `name` if a pool may be called so: letters, digits and `. _ -`, at most 63, a letter or digit first.
    ///
    /// @throws UsageException if not
    static String requireName(String name) {
        if (!NAME.matcher(name).matches()) {
            throw new UsageException("'%s' is no name for a pool; take letters, digits and . _ -, at most 63".formatted(name));
        }
        return name;
    }

    /// Remembers a pool.
    ///
    /// @param replace whether it may take the place of another
    /// @throws IOException if one is called so and may not be replaced
    void put(KnownPool pool, boolean replace) throws IOException {
        var name = PREFIX + pool.name();
        if (!replace && settings.get(name).isPresent()) {
            throw new IOException("a pool is called '%s' already; --replace puts this one in its place".formatted(pool.name()));
        }
        var json = PoolFormat.encode(pool);
        if (json.length > Settings.MAX_BYTES) {
            throw new IOException("%d bytes of certificates are more than can be kept; name a file with fewer by --ca"
                    .formatted(json.length));
        }
        try {
            settings.put(name, json);
        } finally {
            Arrays.fill(json, (byte) 0);
        }
    }

    /// @throws IOException if none is called so
    KnownPool get(String name) throws IOException {
        var json = settings.get(PREFIX + requireName(name)).orElseThrow(() -> unknown(name));
        return decode(name, json);
    }

    /// All of them, by name.
    List<KnownPool> all() throws IOException {
        var pools = new ArrayList<KnownPool>();
        for (var setting : settings.all().entrySet()) {
            if (setting.getKey().startsWith(PREFIX)) {
                pools.add(decode(setting.getKey().substring(PREFIX.length()), setting.getValue()));
            }
        }
        return pools;
    }

    /// @throws IOException if none is called so
    void remove(String name) throws IOException {
        if (!settings.remove(PREFIX + requireName(name))) {
            throw unknown(name);
        }
    }

    private static KnownPool decode(String name, byte[] json) throws IOException {
        try {
            return PoolFormat.decode(name, PREFIX + name, json);
        } finally {
            Arrays.fill(json, (byte) 0);
        }
    }

    private static IOException unknown(String name) {
        return new IOException("no pool is called '%s'; 'xenolith pool list' shows them, 'xenolith pool add %s HOST' adds one"
                .formatted(name, name));
    }
}
