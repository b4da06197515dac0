package io.xenolith.repository.storage;

class MemoryStorageTest extends StorageContract {

    @Override
    protected Storage open() {
        return new MemoryStorage();
    }

    @Override
    protected Storage reopen(Storage storage) {
        return ((MemoryStorage) storage).reopen();
    }
}
