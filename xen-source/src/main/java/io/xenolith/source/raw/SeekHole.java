package io.xenolith.source.raw;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.xenolith.engine.disk.Extent;
import io.xenolith.engine.disk.Extents;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Optional;

/// Asks the file system where a file holds data, by `lseek(2)` with `SEEK_DATA` and `SEEK_HOLE`, which Java does not
/// offer. Linux only; whatever goes wrong, the answer is that everything is data.
///
/// Each question opens the file anew: `lseek` moves the offset of its descriptor, so threads cannot share one. The path
/// may lead to another file by then, whose holes would be read as zeros of ours; the identity tells.
///
/// The class is not loaded before the first question, because linking costs tens of milliseconds.
final class SeekHole {
    // <fcntl.h>, <unistd.h> and <errno.h> of Linux, the same on every 64-bit processor that Java 25 runs on
    private static final int O_RDONLY_NONBLOCK_CLOEXEC = 04000 | 02000000; // a pipe by now would block otherwise
    private static final int SEEK_DATA = 3;
    private static final int SEEK_HOLE = 4;
    private static final int ENXIO = 6; // no data from here to the end

    private static final StructLayout CALL_STATE = Linker.Option.captureStateLayout();
    private static final long ERRNO_OFFSET =
            CALL_STATE.byteOffset(StructLayout.PathElement.groupElement("errno"));
    private static final Optional<SeekHole> SYSTEM = link();

    private final MethodHandle open;
    private final MethodHandle lseek;
    private final MethodHandle close;

    private SeekHole(MethodHandle open, MethodHandle lseek, MethodHandle close) {
        this.open = open;
        this.lseek = lseek;
        this.close = close;
    }

    /// What of `extent` may hold data in the file of that identity (see [BasicFileAttributes#fileKey()]) at `path`.
    ///
    /// @param maxExtents the most extents in the answer, at least 1; the last one takes in all that follows
    static Extents allocated(Path path, Object identity, Extent extent, int maxExtents) {
        try {
            return SYSTEM.isPresent() ? SYSTEM.get().ask(path, identity, extent, maxExtents) : Extents.of(extent);
        } catch (IOException e) {
            return Extents.of(extent); // not reachable by its path any more, still readable by the open channel
        }
    }

    @SuppressWarnings("restricted") // nothing but these three functions is called, with what they declare
    private static Optional<SeekHole> link() {
        if (!System.getProperty("os.name").equals("Linux") || ADDRESS.byteSize() != Long.BYTES) {
            return Optional.empty();
        }
        try {
            var linker = Linker.nativeLinker();
            var c = linker.defaultLookup();
            return Optional.of(new SeekHole(
                    linker.downcallHandle(c.findOrThrow("open"), FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT),
                            Linker.Option.firstVariadicArg(2)),
                    linker.downcallHandle(c.findOrThrow("lseek"),
                            FunctionDescriptor.of(JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_INT),
                            Linker.Option.captureCallState("errno")),
                    linker.downcallHandle(c.findOrThrow("close"), FunctionDescriptor.of(JAVA_INT, JAVA_INT))));
        } catch (RuntimeException e) {
            return Optional.empty(); // native access denied, or a C library without these functions
        }
    }

    private Extents ask(Path path, Object identity, Extent extent, int maxExtents) throws IOException {
        try (var arena = Arena.ofConfined()) {
            int descriptor = open(arena.allocateFrom(path.toString()));
            if (descriptor < 0) {
                return Extents.of(extent);
            }
            try {
                return isSame(descriptor, identity)
                        ? search(descriptor, extent, maxExtents, arena.allocate(CALL_STATE)) : Extents.of(extent);
            } finally {
                close(descriptor);
            }
        }
    }

    private static boolean isSame(int descriptor, Object identity) throws IOException {
        var opened = Path.of("/proc/self/fd", Integer.toString(descriptor));
        return identity.equals(Files.readAttributes(opened, BasicFileAttributes.class).fileKey());
    }

    private Extents search(int descriptor, Extent extent, int maxExtents, MemorySegment state) {
        var found = new ArrayList<Extent>();
        long at = extent.offset();
        while (at < extent.end()) {
            long data = seek(descriptor, at, SEEK_DATA, state);
            if (data < at) {
                if (state.get(JAVA_INT, ERRNO_OFFSET) != ENXIO) {
                    found.add(Extent.between(at, extent.end())); // not a file system that knows
                }
                break;
            }
            if (data >= extent.end()) {
                break;
            }
            long hole = seek(descriptor, data, SEEK_HOLE, state);
            boolean last = hole <= data || hole > extent.end() || found.size() == maxExtents - 1;
            long end = last ? extent.end() : hole;
            found.add(Extent.between(data, end));
            at = end;
        }
        return Extents.of(found);
    }

    private int open(MemorySegment path) {
        try {
            return (int) open.invokeExact(path, O_RDONLY_NONBLOCK_CLOEXEC);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    private long seek(int descriptor, long offset, int whence, MemorySegment state) {
        try {
            return (long) lseek.invokeExact(state, descriptor, offset, whence);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    private void close(int descriptor) {
        try {
            int _ = (int) close.invokeExact(descriptor);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    private static AssertionError unexpected(Throwable e) {
        return new AssertionError("a C function threw", e);
    }
}
