package io.xenolith.cli.serve;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/// Values that cost time to make, kept while they are used: the last ones used, up to a number. Who asks for one that is
/// being made waits for it. Safe for use by several threads.
final class SharedValues<K, V> {

    /// Guarded by itself; never held while a value is made.
    private final Map<K, CompletableFuture<V>> values;

    SharedValues(int most) {
        this.values = new LinkedHashMap<>(16, 0.75f, true) {
            @Override
            protected boolean removeEldestEntry(Map.Entry<K, CompletableFuture<V>> eldest) {
                return size() > most;
            }
        };
    }

    /// Makes a value.
    interface Maker<V> {
        V make() throws IOException;
    }

    /// The value of `key`. One that could not be made is tried again by the next who asks.
    V get(K key, Maker<V> maker) throws IOException {
        var mine = new CompletableFuture<V>();
        CompletableFuture<V> others;
        synchronized (values) {
            others = values.putIfAbsent(key, mine);
        }
        return others == null ? make(key, maker, mine) : await(others);
    }

    private V make(K key, Maker<V> maker, CompletableFuture<V> mine) throws IOException {
        try {
            var value = maker.make();
            mine.complete(value);
            return value;
        } catch (Throwable e) {
            synchronized (values) {
                values.remove(key, mine);
            }
            mine.completeExceptionally(e);
            throw e;
        }
    }

    private V await(CompletableFuture<V> others) throws IOException {
        try {
            return others.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof IOException failure) {
                throw new IOException(failure.getMessage(), failure);
            }
            throw e;
        }
    }
}
