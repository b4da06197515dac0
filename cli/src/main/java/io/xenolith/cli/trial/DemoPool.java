package io.xenolith.cli.trial;

import io.xenolith.sim.SimulatedDisk;
import io.xenolith.sim.SimulatedPool;
import io.xenolith.sim.SimulatedVm;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/// A simulated pool with two running machines: `web` with the disk of [DemoDisk], and `db` with made-up data.
///
/// @param disk of `web`, as it is on the first day
public record DemoPool(SimulatedPool pool, SimulatedVm web, SimulatedVm db, DemoDisk disk) implements Closeable {

    private static final int PIECE_BYTES = 64 << 10;
    private static final long DB_BYTES = 64L << 20;
    private static final int DB_DATA_BYTES = 16 << 20;

    public static DemoPool start(Path folder) throws IOException, InterruptedException {
        var disk = DemoDisk.make(folder);
        var pool = SimulatedPool.builder().directory(Files.createDirectory(folder.resolve("pool"))).start();
        try {
            pool.serveNbd(true);
            var web = pool.addVm("web", Files.size(disk.first()));
            var db = pool.addVm("db", DB_BYTES);
            var demo = new DemoPool(pool, web, db, disk);
            demo.put(disk.first());
            db.disks().getFirst().write(0, SampleData.bytes(7, DB_DATA_BYTES));
            web.setPowerState("Running");
            db.setPowerState("Running");
            return demo;
        } catch (Throwable e) {
            pool.close();
            throw e;
        }
    }

    /// Makes the disk of `web` what `image` holds, writing what differs as a guest would.
    public void put(Path image) throws IOException {
        var target = web.disks().getFirst();
        try (var channel = FileChannel.open(image)) {
            for (long at = 0; at < channel.size(); at += PIECE_BYTES) {
                var piece = ByteBuffer.allocate((int) Math.min(PIECE_BYTES, channel.size() - at));
                channel.read(piece, at);
                if (!Arrays.equals(piece.array(), target.read(at, piece.capacity()))) {
                    target.write(at, piece.array());
                }
            }
        }
    }

    /// Whether a machine of the pool has the disks of another one, to the byte.
    public boolean haveTheSameDisks(SimulatedVm one, String otherUuid) throws IOException {
        var disks = one.disks();
        var others = pool.vm(otherUuid).disks();
        if (disks.size() != others.size()) {
            return false;
        }
        for (int i = 0; i < disks.size(); i++) {
            if (!same(disks.get(i), others.get(i))) {
                return false;
            }
        }
        return true;
    }

    private static boolean same(SimulatedDisk one, SimulatedDisk other) throws IOException {
        boolean same = one.size() == other.size();
        for (long at = 0; same && at < one.size(); at += PIECE_BYTES) {
            int length = (int) Math.min(PIECE_BYTES, one.size() - at);
            same = Arrays.equals(one.read(at, length), other.read(at, length));
        }
        return same;
    }

    @Override
    public void close() throws IOException {
        pool.close();
    }
}
