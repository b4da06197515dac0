package io.xenolith.engine.point;

import java.util.Optional;

/// Whose restore point it is.
///
/// @param name what it is called; restore points of one machine are those of one name
/// @param uuid what its hypervisor knows it by, where one is known
/// @param pool the pool that it came from, where it came from one
public record Machine(String name, Optional<String> uuid, Optional<String> pool) {

    /// A machine of which nothing but the name is known.
    public static Machine named(String name) {
        return new Machine(name, Optional.empty(), Optional.empty());
    }
}
