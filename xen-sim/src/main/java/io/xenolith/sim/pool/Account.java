package io.xenolith.sim.pool;

/// Somebody who may log in. Only `root` is the superuser; others have their role's permissions.
public record Account(String name, String password, Role role) {}
