package io.xenolith.sim.pool;

import java.util.Locale;

/// What an account may do; each role may do all that the one before it may.
public enum Role {
    READ_ONLY, VM_OPERATOR, VM_ADMIN, VM_POWER_ADMIN, POOL_OPERATOR, POOL_ADMIN;

    public String wireName() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    public boolean includes(Role other) {
        return compareTo(other) >= 0;
    }
}
