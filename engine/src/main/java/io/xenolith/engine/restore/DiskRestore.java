package io.xenolith.engine.restore;

import io.xenolith.engine.Progress;
import io.xenolith.engine.chunk.ChunkId;
import io.xenolith.engine.chunk.ChunkIdentity;
import io.xenolith.engine.disk.DiskBlocks;
import io.xenolith.engine.disk.DiskTarget;
import io.xenolith.engine.disk.ReadableTarget;
import io.xenolith.engine.map.BlockMap;
import io.xenolith.engine.map.NodeSource;
import io.xenolith.engine.parallel.Crew;
import io.xenolith.engine.parallel.Handover;
import io.xenolith.engine.restore.Pieces.Order;
import io.xenolith.engine.store.ChunkSource;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Supplier;

/// Writes a disk of a restore point to a target. The caller has made the target as large as the disk, and commits and
/// closes it: nothing here does. After a failure the target holds anything, and no thread is left behind. Safe for use
/// by several threads, each with a disk.
public final class DiskRestore {

    /// Pieces that wait to be written in any order, so that there is work while the next ones are looked for.
    private static final int MAX_WAITING = 256;

    private final NodeSource nodes;
    private final ChunkSource chunks;
    private final ChunkIdentity identity;
    private final int workers;
    private final Progress progress;

    /// @param identity of the repository that the chunks come from; what an older state is compared by
    /// @param workers threads that read and write for each disk, at least 1; others that mostly wait come on top
    public DiskRestore(NodeSource nodes, ChunkSource chunks, ChunkIdentity identity, int workers, Progress progress) {
        this.nodes = nodes;
        this.chunks = chunks;
        this.identity = identity;
        this.workers = workers;
        this.progress = progress;
    }

    /// Writes the whole disk.
    ///
    /// @throws IOException the first failure: of a chunk or map node that cannot be read, or of the target
    /// @throws InterruptedException if the calling thread is interrupted
    public RestoredDisk restore(ChunkId root, DiskTarget target) throws IOException, InterruptedException {
        return anew(root, target, Losses.forbidden());
    }

    /// Writes what can be read of the disk and lists what it left out. Where the target is written in sequence or
    /// asks for zeros, it gets zeros for what is left out.
    ///
    /// @throws IOException if the root node cannot be read, or the target fails
    /// @throws InterruptedException if the calling thread is interrupted
    public RestoredDisk restoreAroundDamage(ChunkId root, DiskTarget target) throws IOException, InterruptedException {
        return anew(root, target, Losses.allowed());
    }

    /// Turns a target that holds some older state of the disk, or anything else, into the disk: reads it all and writes
    /// the chunks whose ids differ, and zeros to those 64 KiB blocks of holes that hold something else.
    ///
    /// @throws IllegalArgumentException if `target` must be written in sequence
    /// @throws IOException the first failure: of a chunk or map node that cannot be read, or of the target
    /// @throws InterruptedException if the calling thread is interrupted
    public RestoredDisk update(ChunkId root, ReadableTarget target) throws IOException, InterruptedException {
        return onto(root, target, Losses.forbidden());
    }

    /// Like [#update], but lists what it left out, for which the target gets zeros. A chunk that the target holds already
    /// is not looked for, and so not left out.
    ///
    /// @throws IllegalArgumentException if `target` must be written in sequence
    /// @throws IOException if the root node cannot be read, or the target fails
    /// @throws InterruptedException if the calling thread is interrupted
    public RestoredDisk updateAroundDamage(ChunkId root, ReadableTarget target)
            throws IOException, InterruptedException {
        return onto(root, target, Losses.allowed());
    }

    /// Writes what lies in some blocks of the disk, and nothing for the holes in them.
    ///
    /// @param only the blocks, of a disk of the same size
    /// @throws IllegalArgumentException if `target` asks for zeros
    /// @throws IOException the first failure: of a chunk or map node that cannot be read, or of the target
    /// @throws InterruptedException if the calling thread is interrupted
    public RestoredDisk restoreOnly(ChunkId root, DiskBlocks only, DiskTarget target)
            throws IOException, InterruptedException {
        if (target.needsZeros()) {
            throw new IllegalArgumentException("a target that asks for zeros takes whole disks");
        }
        return anew(root, target, Optional.of(only), Losses.forbidden());
    }

    private RestoredDisk anew(ChunkId root, DiskTarget target, Losses losses) throws IOException, InterruptedException {
        return anew(root, target, Optional.empty(), losses);
    }

    private RestoredDisk anew(ChunkId root, DiskTarget target, Optional<DiskBlocks> only, Losses losses)
            throws IOException, InterruptedException {
        var output = new Output(target, only);
        boolean zeros = target.needsZeros();
        if (target.sequential()) {
            var turns = new InSequence.Turns();
            int threads = workers + 1; // one is writing while the others read
            return run(root, Order.SEQUENCE, zeros, only, losses, output, threads,
                    () -> new InSequence(output, losses, turns, zeros));
        }
        var before = zeros ? new Before.Anything() : new Before.Blank();
        return run(root, Order.ANY, zeros, only, losses, output, workers, () -> new AnyOrder(chunks, before, output, losses));
    }

    private RestoredDisk onto(ChunkId root, ReadableTarget target, Losses losses)
            throws IOException, InterruptedException {
        if (target.sequential()) {
            throw new IllegalArgumentException("a target that is written in sequence cannot be updated; restore to it");
        }
        var output = new Output(target, Optional.empty());
        return run(root, Order.ANY, true, Optional.empty(), losses, output, workers, () ->
                new AnyOrder(chunks, new Before.OlderState(target, identity.newHasher()), output, losses));
    }

    private RestoredDisk run(ChunkId root, Order order, boolean zeros, Optional<DiskBlocks> only, Losses losses, Output output,
            int threads, Supplier<PieceWriter> writers) throws IOException, InterruptedException {
        var map = BlockMap.open(nodes, root);
        progress.expect(map.size());
        var handover = new Handover<Piece>(order == Order.SEQUENCE ? threads : MAX_WAITING);
        var tasks = new ArrayList<Callable<Void>>();
        tasks.add(() -> {
            new Pieces(map, chunks, order, zeros, only, losses, progress, handover).giveAll();
            return null;
        });
        for (int i = 0; i < threads; i++) {
            tasks.add(() -> {
                writeAll(handover, writers.get());
                return null;
            });
        }
        Crew.all("restore", tasks.size(), tasks);
        return new RestoredDisk(map.size(), output.bytesWritten(), losses.asList());
    }

    private void writeAll(Handover<Piece> pieces, PieceWriter writer) throws IOException, InterruptedException {
        for (var piece = pieces.take(); piece.isPresent(); piece = pieces.take()) {
            writer.write(piece.get());
            progress.advance(piece.get().bytes());
        }
    }
}
