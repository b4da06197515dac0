package io.xenolith.sim.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/// The disks of one storage repository, in sparse files under a directory. Safe for threads.
///
/// A snapshot freezes the disk's top layer and puts an empty one above it for each of the two. A frozen layer that only one
/// layer still stands on is merged into that one, as the hosts' garbage collector does, but at once.
public final class DiskStore implements AutoCloseable {
    private final Path directory;
    private final ReadWriteLock lock = new ReentrantReadWriteLock();
    private final Set<Layer> layers = new HashSet<>();
    private final Set<DiskImage> images = new HashSet<>();
    private long capacity;

    /// @param capacity bytes that may be allocated
    public DiskStore(Path directory, long capacity) throws IOException {
        this.directory = Files.createDirectories(directory);
        this.capacity = capacity;
    }

    ReadWriteLock lock() {
        return lock;
    }

    public void setCapacity(long bytes) {
        capacity = bytes;
    }

    /// Bytes that layers take on the disk.
    public long usedBytes() {
        lock.readLock().lock();
        try {
            return layers.stream().mapToLong(layer -> layer.allocatedBytes).sum();
        } finally {
            lock.readLock().unlock();
        }
    }

    void requireRoomForBlock() throws StorageFullException {
        if (usedBytes() + Layer.BLOCK > capacity) {
            throw new StorageFullException(capacity);
        }
    }

    /// Makes a disk of zeros.
    public DiskImage create(long size) throws IOException {
        lock.writeLock().lock();
        try {
            return image(layerOn(null), size);
        } finally {
            lock.writeLock().unlock();
        }
    }

    /// Makes a second disk with the same content, without copying any.
    public DiskImage fork(DiskImage origin) throws IOException {
        lock.writeLock().lock();
        try {
            var frozen = origin.top;
            if (frozen.parent != null && frozen.allocated.isEmpty()) {
                return image(layerOn(frozen.parent), origin.size()); // nothing to freeze
            }
            origin.top = layerOn(frozen);
            return image(layerOn(frozen), origin.size());
        } finally {
            lock.writeLock().unlock();
        }
    }

    private Layer layerOn(Layer parent) throws IOException {
        var layer = new Layer(directory, parent);
        layers.add(layer);
        return layer;
    }

    private DiskImage image(Layer top, long size) {
        var image = new DiskImage(this, top, size);
        images.add(image);
        return image;
    }

    public void delete(DiskImage image) throws IOException {
        lock.writeLock().lock();
        try {
            images.remove(image);
            removeUnused(image.top);
        } finally {
            lock.writeLock().unlock();
        }
    }

    private void removeUnused(Layer layer) throws IOException {
        if (layer == null || images.stream().anyMatch(image -> image.top == layer)) {
            return;
        }
        if (layer.children.isEmpty()) {
            layers.remove(layer);
            layer.delete();
            removeUnused(layer.parent);
        } else if (layer.children.size() == 1) {
            merge(layer, layer.children.iterator().next());
        }
    }

    /// Takes `layer` out of the chain; its only child gets the blocks that it has not got itself.
    private void merge(Layer layer, Layer child) throws IOException {
        var missing = (BitSet) layer.allocated.clone();
        missing.andNot(child.allocated);
        for (int block = missing.nextSetBit(0); block >= 0; block = missing.nextSetBit(block + 1)) {
            var bytes = ByteBuffer.allocate(Layer.BLOCK);
            layer.read((long) block * Layer.BLOCK, bytes);
            child.write((long) block * Layer.BLOCK, bytes.flip());
        }
        child.parent = layer.parent;
        if (layer.parent != null) {
            layer.parent.children.add(child);
        }
        layers.remove(layer);
        layer.delete();
    }

    /// A file that no disk writes to any more, but that chains go through; hosts list it as an unmanaged disk.
    public record Hidden(UUID id, UUID parent, long bytes) {}

    public List<Hidden> hidden() {
        lock.readLock().lock();
        try {
            var hidden = new ArrayList<>(layers);
            hidden.removeIf(layer -> images.stream().anyMatch(image -> image.top == layer));
            return hidden.stream().map(layer -> new Hidden(layer.id, layer.parent == null ? null : layer.parent.id,
                    layer.allocatedBytes)).toList();
        } finally {
            lock.readLock().unlock();
        }
    }

    @Override
    public void close() throws IOException {
        lock.writeLock().lock();
        try {
            for (var layer : layers) {
                layer.close();
            }
        } finally {
            lock.writeLock().unlock();
        }
    }
}
