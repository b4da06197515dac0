package io.xenolith.source.xapi;

import java.util.Arrays;

/// An account of the pool. Keeps the password until it is closed, since a session that ended needs it again.
public final class Credentials implements AutoCloseable {
    private final String user;
    private final char[] password;

    /// @param password copied; the caller may wipe its own at once
    public Credentials(String user, char[] password) {
        this.user = user;
        this.password = password.clone();
    }

    String user() {
        return user;
    }

    char[] password() {
        return password;
    }

    /// Wipes the password.
    @Override
    public void close() {
        Arrays.fill(password, '\0');
    }

    @Override
    public String toString() {
        return user;
    }
}
