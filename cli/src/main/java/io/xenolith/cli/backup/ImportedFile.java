package io.xenolith.cli.backup;

import io.xenolith.cli.Failure;
import io.xenolith.engine.disk.DiskSource;
import io.xenolith.engine.disk.Extent;
import io.xenolith.engine.disk.Extents;
import io.xenolith.source.raw.RawFile;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Files;
import java.nio.file.Path;

/// A file of an old backup. Whatever fails while it is read says so by its type: one file less, where a failure of the
/// repository would end the import.
public record ImportedFile(Path path) {

    /// The share did not give its bytes.
    public static final class UnreadableException extends IOException {
        private UnreadableException(Path path, IOException cause) {
            super("%s: %s".formatted(path, Failure.of(cause).sentence()), cause);
        }
    }

    /// Reads something of the file.
    public interface Reading<T> {
        T read() throws IOException;
    }

    /// What `reading` returns.
    ///
    /// @throws UnreadableException if it fails
    public <T> T guard(Reading<T> reading) throws IOException {
        try {
            return reading.read();
        } catch (ClosedByInterruptException e) {
            throw e; // it is not the file's fault
        } catch (IOException e) {
            throw new UnreadableException(path, e);
        }
    }

    /// Its bytes at any offset.
    public DiskSource open() throws IOException {
        var file = guard(() -> RawFile.open(path));
        return new DiskSource() {
            @Override
            public long size() {
                return file.size();
            }

            @Override
            public void read(long offset, ByteBuffer target) throws IOException {
                guard(() -> {
                    file.read(offset, target);
                    return target;
                });
            }

            @Override
            public Extents allocated(Extent extent) throws IOException {
                return guard(() -> file.allocated(extent));
            }

            @Override
            public void close() throws IOException {
                file.close();
            }
        };
    }

    /// Its bytes in order.
    public InputStream stream() throws IOException {
        return new FilterInputStream(guard(() -> Files.newInputStream(path))) {
            @Override
            public int read() throws IOException {
                return guard(in::read);
            }

            @Override
            public int read(byte[] bytes, int offset, int length) throws IOException {
                return guard(() -> in.read(bytes, offset, length));
            }
        };
    }
}
