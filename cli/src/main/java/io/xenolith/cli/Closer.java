package io.xenolith.cli;

import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;

/// Closes all that was added to it, the last one first, whatever fails on the way.
public final class Closer implements Closeable {

    private final Deque<Closeable> open = new ArrayDeque<>();

    public <T extends Closeable> T add(T resource) {
        open.push(resource);
        return resource;
    }

    @Override
    public void close() throws IOException {
        IOException first = null;
        while (!open.isEmpty()) {
            try {
                open.pop().close();
            } catch (IOException e) {
                if (first == null) {
                    first = e;
                } else {
                    first.addSuppressed(e);
                }
            }
        }
        if (first != null) {
            throw first;
        }
    }
}
