package io.xenolith.repository;

/// Stored bytes contradict their format, checksum or authentication tag. Reading again does not help.
public final class CorruptObjectException extends RepositoryException {

    private final String object;

    /// @param object  the object's name in the repository
    /// @param finding what is wrong with it
    public CorruptObjectException(String object, String finding) {
        super("%s is damaged: %s; 'xenolith verify' lists what depends on it".formatted(object, finding));
        this.object = object;
    }

    /// The object's name in the repository.
    public String object() {
        return object;
    }
}
