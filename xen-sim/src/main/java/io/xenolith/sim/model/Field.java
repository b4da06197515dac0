package io.xenolith.sim.model;

/// One field of a class. `inverse` names the field, in the set's class, that this set mirrors, or is null.
public record Field(String name, Type type, Access access, boolean mandatory, String inverse, Object initial,
        ApiVersion since) {

    /// Who may set a field: nobody, the constructor, or the constructor and everybody later.
    public enum Access { READ_ONLY, CONSTRUCTOR, READ_WRITE }

    public boolean writable() {
        return access == Access.READ_WRITE;
    }

    public boolean constructed() {
        return access != Access.READ_ONLY;
    }
}
