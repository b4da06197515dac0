package io.xenolith.bench.growth;

import io.xenolith.repository.storage.ObjectMissingException;
import io.xenolith.repository.storage.ObjectWriter;
import io.xenolith.repository.storage.Storage;
import io.xenolith.repository.storage.StoredObject;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/// A storage that holds nothing and takes nothing, to be overridden where something is made up.
class EmptyStorage implements Storage {

    @Override
    public ObjectWriter create(String name) {
        throw new UnsupportedOperationException("%s takes no %s".formatted(describe(), name));
    }

    @Override
    public void read(String name, long offset, ByteBuffer target) throws IOException {
        throw new ObjectMissingException(name, describe());
    }

    @Override
    public byte[] readAll(String name, int limit) throws IOException {
        throw new ObjectMissingException(name, describe());
    }

    @Override
    public long size(String name) throws IOException {
        throw new ObjectMissingException(name, describe());
    }

    @Override
    public boolean exists(String name) {
        return false;
    }

    @Override
    public List<StoredObject> list(String folder) {
        return List.of();
    }

    @Override
    public boolean delete(String name) {
        return false;
    }

    @Override
    public List<StoredObject> unfinished() {
        return List.of();
    }

    @Override
    public boolean removeUnfinished(StoredObject leftover) {
        return false;
    }

    @Override
    public String describe() {
        return "a made-up storage";
    }

    @Override
    public void close() {
    }
}
