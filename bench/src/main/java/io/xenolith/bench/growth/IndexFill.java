package io.xenolith.bench.growth;

import io.xenolith.repository.index.ChunkIndex;
import java.nio.file.Path;

/// Brings an index up to date with packs that it does not know: `FOLDER CHUNKS-BEFORE CHUNKS STEP`. With a step, as
/// sessions do it, again and again; else at once, as a command does that finds an index lost.
final class IndexFill {

    private IndexFill() {
    }

    public static void main(String[] arguments) throws Exception {
        var folder = Path.of(arguments[0]);
        long before = Long.parseLong(arguments[1]);
        long chunks = Long.parseLong(arguments[2]);
        long step = Long.parseLong(arguments[3]);
        long began = System.nanoTime();
        for (long known = before; known < chunks;) {
            known = step == 0 ? chunks : Math.min(chunks, known + step);
            ChunkIndex.open(new SyntheticPacks(known).sources(), folder).close();
        }
        FreshProcess.print("seconds", (System.nanoTime() - began) / 1e9);
        FreshProcess.printPeak();
    }
}
