package io.xenolith.cli.pool;

import io.xenolith.source.xapi.http.Fingerprint;
import io.xenolith.source.xapi.http.HostAddress;
import io.xenolith.source.xapi.http.Trust;
import java.util.List;

/// A pool as the repository remembers it.
///
/// @param name what the user calls it; see [KnownPools#requireName]
/// @param host any of its hosts, which leads to the coordinator
record KnownPool(String name, HostAddress host, String user, Trust trust, PoolPassword password) {

    KnownPool with(PoolPassword other) {
        return new KnownPool(name, host, user, trust, other);
    }

    /// What `pool list` tells of it. Nothing in it is secret.
    ///
    /// @param trust        `fingerprint`, `authority` or `none`
    /// @param fingerprints that are trusted; of the authority's certificates if there is one
    /// @param password     `kept`, `file`, `command` or `asked`
    record Shown(String name, String host, String user, String trust, List<String> fingerprints, String password) {
    }

    Shown shown() {
        return new Shown(name, host.toString(), user, trustWord(), fingerprints(), password.word());
    }

    private String trustWord() {
        return switch (trust) {
            case Trust.Pinned _ -> "fingerprint";
            case Trust.Authority _ -> "authority";
            case Trust.Unchecked _ -> "none";
        };
    }

    private List<String> fingerprints() {
        return switch (trust) {
            case Trust.Pinned(var fingerprints) -> fingerprints.stream().map(Fingerprint::toString).sorted().toList();
            case Trust.Authority(var certificates) -> certificates.stream().map(Fingerprint::of).map(Fingerprint::toString)
                    .toList();
            case Trust.Unchecked() -> List.of();
        };
    }
}
