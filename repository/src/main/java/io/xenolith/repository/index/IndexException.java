package io.xenolith.repository.index;

import io.xenolith.repository.RepositoryException;
import org.rocksdb.RocksDBException;

/// The index database cannot be read or written. The repository itself is not concerned: the index can be made anew.
public final class IndexException extends RepositoryException {

    IndexException(RocksDBException cause) {
        super("the index database failed: %s; 'xenolith repair index' makes it anew".formatted(cause.getMessage()), cause);
    }
}
