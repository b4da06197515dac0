package io.xenolith.sim.pool;

import io.xenolith.sim.model.Database;
import io.xenolith.sim.model.Row;
import io.xenolith.sim.rpc.XapiFailure;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Who is logged in. Under the database's lock.
///
/// Hosts keep at most 500 sessions for one originator and drop the one that was idle longest: a client that forgets to
/// log out kills its own.
public final class Sessions {
    private static final int MOST_PER_ORIGINATOR = 500;

    private final Database database;
    private final Map<String, Account> accounts = new HashMap<>();

    Sessions(Database database, List<Account> accounts) {
        this.database = database;
        accounts.forEach(account -> this.accounts.put(account.name(), account));
    }

    /// @throws XapiFailure `SESSION_AUTHENTICATION_FAILED` for a wrong name or password
    public Row login(String user, String password, String originator, Host host) {
        var account = accounts.get(user);
        if (account == null || !account.password().equals(password)) {
            throw new XapiFailure("SESSION_AUTHENTICATION_FAILED", user, "Authentication failure");
        }
        makeRoomFor(originator);
        return database.create("session", Map.of("this_host", host.row().ref(), "last_active", Instant.now(),
                "validation_time", Instant.now(), "auth_user_name", user, "originator", originator,
                "is_local_superuser", user.equals("root")));
    }

    private void makeRoomFor(String originator) {
        var own = database.all("session").stream().filter(row -> row.text("originator").equals(originator)).toList();
        if (own.size() >= MOST_PER_ORIGINATOR) {
            database.delete(own.stream().min(Comparator.comparing(row -> row.time("last_active"))).orElseThrow());
        }
    }

    /// @throws XapiFailure `SESSION_INVALID` if nobody is logged in under `ref`
    public Row require(String ref) {
        var session = database.find("session", ref);
        if (session == null) {
            throw new XapiFailure("SESSION_INVALID", ref);
        }
        return session;
    }

    public Role role(Row session) {
        return accounts.get(session.text("auth_user_name")).role();
    }

    /// @throws XapiFailure `RBAC_PERMISSION_DENIED` unless the session's role includes `needed`
    public void require(Row session, Role needed, String permission) {
        if (!role(session).includes(needed)) {
            throw new XapiFailure("RBAC_PERMISSION_DENIED", permission,
                    "No permission in user session. (Roles with this permission: " + needed.wireName() + " and above)");
        }
    }

    /// Ends all sessions, as a restart of the coordinator's toolstack does.
    public void loseAll() {
        database.all("session").forEach(database::delete);
    }
}
