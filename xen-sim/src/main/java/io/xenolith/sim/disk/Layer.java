package io.xenolith.sim.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.BitSet;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;

/// One file of a copy-on-write chain, as a VHD is on a host's storage: the blocks of 64 KiB written since its parent was
/// frozen. Not safe for threads; [DiskStore] holds its lock around every use.
final class Layer {
    static final int BLOCK = 64 << 10;

    final UUID id = UUID.randomUUID();
    Layer parent;
    final Set<Layer> children = new HashSet<>();
    final BitSet allocated = new BitSet();
    long allocatedBytes;
    private final Path file;
    private final FileChannel channel;

    Layer(Path directory, Layer parent) throws IOException {
        this.parent = parent;
        file = directory.resolve(id + ".layer");
        channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.SPARSE,
                StandardOpenOption.READ, StandardOpenOption.WRITE);
        if (parent != null) {
            parent.children.add(this);
        }
    }

    /// Fills `target` with a part of one block that this layer has.
    void read(long offset, ByteBuffer target) throws IOException {
        while (target.hasRemaining()) {
            int count = channel.read(target, offset);
            if (count < 0) {
                while (target.hasRemaining()) {
                    target.put((byte) 0); // the file ends inside its last block
                }
                return;
            }
            offset += count;
        }
    }

    /// Writes within one block; what else that block holds must be there already, or be zeros in the whole chain.
    void write(long offset, ByteBuffer bytes) throws IOException {
        int block = (int) (offset / BLOCK);
        allocatedBytes += allocated.get(block) ? 0 : BLOCK;
        allocated.set(block);
        while (bytes.hasRemaining()) {
            offset += channel.write(bytes, offset);
        }
    }

    int depth() {
        return parent == null ? 1 : parent.depth() + 1;
    }

    void delete() throws IOException {
        if (parent != null) {
            parent.children.remove(this);
        }
        close();
        Files.delete(file);
    }

    void close() throws IOException {
        channel.close();
    }
}
