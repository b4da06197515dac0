package io.xenolith.nbd.server;

import io.xenolith.nbd.client.NbdAddress;
import io.xenolith.nbd.client.NbdClient;
import io.xenolith.nbd.client.NbdClientOptions;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/// The clients of other projects read and write what we serve.
class PeersTest {
    private static final int SIZE = 34 << 20;

    private final MemoryDisk disk = MemoryDisk.random(SIZE, new Random(4));
    private NbdServer server;
    private String root;
    private String uri;
    private String scratch;

    @TempDir
    Path directory;

    @BeforeEach
    void start() throws IOException {
        server = NbdServer.start(NbdServerOptions.loopback(0), disk);
        root = "nbd://127.0.0.1:" + ((InetSocketAddress) server.address()).getPort();
        uri = root + "/vm/disk%201";
        scratch = root + "/" + MemoryDisk.SCRATCH;
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
        assertEquals(0, disk.open.get(), "exports left open");
    }

    @Test
    void nbdinfoSeesTheWholeProfile() throws Exception {
        var json = Program.output("nbdinfo", "--json", uri);
        for (var fact : new String[] {"\"protocol\": \"newstyle-fixed\"", "\"structured\": true", "\"export-size\": " + SIZE,
            "\"is_read_only\": true", "\"can_cache\": true", "\"can_df\": true", "\"can_flush\": true", "\"can_fua\": true",
            "\"can_multi_conn\": true", "\"can_trim\": false", "\"can_zero\": false", "\"block_size_minimum\": 1",
            "\"block_size_preferred\": 65536", "\"block_size_maximum\": 33554432", "\"base:allocation\"",
            "\"" + MemoryDisk.CHANGED + "\"", "\"description\": \"a disk in memory\""}) {
            assertTrue(json.contains(fact), () -> fact + " is missing in " + json);
        }
        var list = Program.output("nbdinfo", "--list", root);
        assertTrue(list.contains("export=\"" + MemoryDisk.NAME + "\"") && list.contains("export=\"scratch\""), list);
    }

    @Test
    void nbdinfoMapsEveryByte() throws Exception {
        long total = 0;
        for (var line : Program.output("nbdinfo", "--map", "--totals", uri).lines().toList()) {
            total += Long.parseLong(line.strip().split(" +")[0]);
        }
        assertEquals(SIZE, total);
        disk.write(5 * MemoryDisk.PAGE, ByteBuffer.allocate(MemoryDisk.PAGE));
        var map = Program.output("nbdinfo", "--map=" + MemoryDisk.CHANGED, uri);
        assertTrue(Pattern.compile("20480 +4096 +1").matcher(map).find(), map);
    }

    @Test
    void nbdcopyReadsOverSeveralConnections() throws Exception {
        var copy = directory.resolve("copy.raw");
        Program.output("nbdcopy", "--connections=4", "--threads=4", uri, copy.toString());
        assertArrayEquals(disk.bytes(), Files.readAllBytes(copy));
        assertTrue(disk.mostOpen.get() > 1, "connections: " + disk.mostOpen);
        assertArrayEquals(disk.bytes(), Program.run("nbdcopy", "--no-extents", "--request-size=4194304", uri, "-").out());
    }

    @Test
    void nbdcopyWrites() throws Exception {
        var source = directory.resolve("source.raw");
        var bytes = MemoryDisk.random(SIZE, new Random(5)).bytes();
        Files.write(source, bytes);
        Program.output("nbdcopy", "--flush", source.toString(), scratch);
        assertArrayEquals(bytes, disk.bytes());
        assertTrue(disk.flushes.get() > 0);
    }

    /// The one client here that asks for extended headers.
    @Test
    void theClientOfThisProjectReadsAndMaps() throws Exception {
        disk.write(5 * MemoryDisk.PAGE, ByteBuffer.allocate(3 * MemoryDisk.PAGE));
        try (var client = NbdClient.open(NbdAddress.parse(uri),
                NbdClientOptions.DEFAULT.withConnections(3).withContexts(Export.ALLOCATION, MemoryDisk.CHANGED))) {
            var bytes = ByteBuffer.allocateDirect(SIZE);
            client.read(0, bytes);
            assertEquals(ByteBuffer.wrap(disk.bytes()), bytes.flip());
            var changed = new BitSet();
            client.status(MemoryDisk.CHANGED, 0, SIZE, (offset, length, flags) ->
                    changed.set((int) offset / MemoryDisk.PAGE, (int) (offset + length) / MemoryDisk.PAGE, flags != 0));
            assertEquals("{5, 6, 7}", changed.toString());
        }
    }

    @Test
    void qemuImgConvertsComparesAndMaps() throws Exception {
        var copy = directory.resolve("copy.raw").toString();
        Program.output("qemu-img", "convert", "-O", "raw", uri, copy);
        assertArrayEquals(disk.bytes(), Files.readAllBytes(Path.of(copy)));
        assertTrue(Program.output("qemu-img", "compare", "-f", "raw", "-F", "raw", uri, copy).contains("identical"));
        assertArrayEquals(zeroPages(), zeroPages(Program.output("qemu-img", "map", "--output=json", uri), "\"zero\": true"));
    }

    @Test
    void qemuReadsAPrivateContextAsADirtyBitmap() throws Exception {
        disk.write(5 * MemoryDisk.PAGE, ByteBuffer.allocate(3 * MemoryDisk.PAGE));
        var map = Program.output("qemu-img", "map", "--output=json", "--image-opts", "driver=nbd,host=127.0.0.1,port="
                + ((InetSocketAddress) server.address()).getPort() + ",export=" + MemoryDisk.NAME
                + ",x-dirty-bitmap=" + MemoryDisk.CHANGED);
        var expected = new boolean[SIZE / MemoryDisk.PAGE];
        Arrays.fill(expected, 5, 8, true);
        assertArrayEquals(expected, zeroPages(map, "\"data\": false")); // dirty comes out as "no data"
    }

    private boolean[] zeroPages() {
        var bytes = disk.bytes();
        var zeros = new byte[MemoryDisk.PAGE];
        var pages = new boolean[SIZE / MemoryDisk.PAGE];
        for (int i = 0; i < pages.length; i++) {
            pages[i] = Arrays.equals(bytes, i * MemoryDisk.PAGE, (i + 1) * MemoryDisk.PAGE, zeros, 0, MemoryDisk.PAGE);
        }
        return pages;
    }

    /// The pages in extents of `qemu-img map` whose description contains `mark`.
    private static boolean[] zeroPages(String map, String mark) {
        var pages = new boolean[SIZE / MemoryDisk.PAGE];
        var extent = Pattern.compile("\"start\": (\\d+), \"length\": (\\d+)[^}]*").matcher(map);
        while (extent.find()) {
            int from = (int) (Long.parseLong(extent.group(1)) / MemoryDisk.PAGE);
            int count = (int) (Long.parseLong(extent.group(2)) / MemoryDisk.PAGE);
            Arrays.fill(pages, from, from + count, extent.group().contains(mark));
        }
        return pages;
    }

    @Test
    void qemuIoWritesWhatItReadsBack() throws Exception {
        Program.output("qemu-io", "-f", "raw", "-c", "write -P 0xab 12345 100000", "-c", "read -P 0xab 12345 100000",
                "-c", "write -f -P 0xcd 2M 3M", "-c", "write -z 3M 1M", "-c", "read -P 0 3M 1M", "-c", "read -P 0xcd 2M 1M",
                "-c", "discard 4M 512k", "-c", "aio_write -P 0x11 8M 1M", "-c", "aio_write -P 0x22 9M 1M", "-c", "aio_flush",
                "-c", "flush", "-c", "read -P 0x22 9M 1M", scratch);
        assertEquals((byte) 0xab, disk.bytes()[12345]);
        var refused = Program.run("qemu-io", "-f", "raw", "-c", "write 0 4096", uri);
        assertTrue(refused.exit() != 0, "a read-only export was written to");
    }

    @Test
    void nbdkitServesItOn() throws Exception {
        var copy = directory.resolve("copy.raw");
        Program.output("nbdkit", "-r", "-U", "-", "nbd", "uri=" + uri, "--run", "nbdcopy \"$uri\" " + copy);
        assertArrayEquals(disk.bytes(), Files.readAllBytes(copy));
    }

    @Test
    void theClientOfTheKernelFindsTheExports() throws Exception {
        var list = Program.run("nbd-client", "-l", "127.0.0.1", root.substring(root.lastIndexOf(':') + 1));
        assertTrue(list.text().contains(MemoryDisk.NAME), list.text() + list.err());
    }

    @Test
    void aUnixSocketServesTheSame() throws Exception {
        var socket = directory.resolve("nbd.sock");
        try (var _ = NbdServer.start(NbdServerOptions.unixSocket(socket), disk)) {
            var out = Program.run("nbdcopy", "nbd+unix:///vm/disk%201?socket=" + socket, "-");
            assertArrayEquals(disk.bytes(), out.out(), out.err());
        }
        assertTrue(Files.notExists(socket));
    }

    @Test
    void aFuseMountReadsAsAFile() throws Exception {
        assumeTrue(Files.isWritable(Path.of("/dev/fuse")));
        var file = Files.createFile(directory.resolve("disk.img"));
        var mount = new ProcessBuilder("nbdfuse", "-r", file.toString(), uri).redirectErrorStream(true).start();
        try {
            while (mount.isAlive() && Files.size(file) != SIZE) {
                Thread.sleep(5);
            }
            assumeTrue(mount.isAlive(), "FUSE is not to be had here");
            assertArrayEquals(disk.bytes(), Files.readAllBytes(file));
        } finally {
            Program.run("umount", file.toString());
            mount.destroy();
            mount.waitFor();
        }
    }

    /// Without structured replies, and down to a client that knows neither GO nor NO_ZEROES.
    @Test
    void libnbdReadsInTheOldWaysToo() throws Exception {
        var bytes = Program.run("/usr/bin/python3", "-c", """
                import nbd, sys
                for flags in [3, 2, 1, 0]:
                    h = nbd.NBD()
                    h.set_request_structured_replies(False)
                    h.set_handshake_flags(flags)
                    h.connect_uri(sys.argv[1])
                    assert not h.get_structured_replies_negotiated()
                    first = h.pread(1 << 20, 0)
                    h.shutdown()
                    sys.stdout.buffer.write(first)
                """, uri);
        assertEquals(0, bytes.exit(), bytes.err());
        var first = Arrays.copyOf(disk.bytes(), 1 << 20);
        for (int i = 0; i < 4; i++) {
            assertArrayEquals(first, Arrays.copyOfRange(bytes.out(), i << 20, (i + 1) << 20));
        }
    }

    @Test
    void libnbdSendsWhatItMustNot() throws Exception {
        Program.output("/usr/bin/python3", "-c", """
                import nbd, sys
                h = nbd.NBD()
                h.set_strict_mode(0)
                h.add_meta_context("base:allocation")
                h.connect_uri(sys.argv[1])
                size = h.get_size()
                good = h.pread(65536, 0)
                def refused(errno, f):
                    try:
                        f()
                    except nbd.Error as e:
                        assert e.errno == errno, e
                        assert h.pread(65536, 0) == good
                        return
                    raise Exception("not refused")
                refused("EPERM", lambda: h.pwrite(b"x" * 512, 0))
                refused("EPERM", lambda: h.zero(512, 0))
                refused("EPERM", lambda: h.trim(512, 0))
                refused("EINVAL", lambda: h.pread(512, size))
                refused("EINVAL", lambda: h.pread(512, size - 511))
                refused("EINVAL", lambda: h.pread(33 << 20, 0))
                refused("EINVAL", lambda: h.pread(512, 0, 1 << 9))
                refused("EINVAL", lambda: h.block_status(512, size, lambda *a: 0))
                refused("EINVAL", lambda: h.block_status(0, 0, lambda *a: 0))
                refused("EINVAL", lambda: h.cache(512, size))
                h.cache(65536, 0)
                h.flush()
                assert len(h.pread(32 << 20, 0)) == 32 << 20
                h.shutdown()
                """, uri);
    }
}
