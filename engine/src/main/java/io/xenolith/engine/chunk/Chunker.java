package io.xenolith.engine.chunk;

import java.io.IOException;
import java.util.Arrays;
import java.util.zip.CRC32C;

/// Cuts a stretch of one region into chunks, by the rules of [Chunking]. For use by one thread at a time; the buffer in it
/// is reused from stretch to stretch.
public final class Chunker {

    /// The largest read: small enough for the bytes to be hashed while they are still in the second-level cache.
    public static final int READ_BYTES = 512 << 10;

    private final Chunking chunking;
    private final CRC32C crc = new CRC32C();
    private final byte[] buffer;

    /// The bytes to cut.
    public interface Input {
        /// How many bytes from `offset` on, at most `limit`, are known to be zeros without reading. An answer that is
        /// too low is harmless.
        long zerosFrom(long offset, long limit) throws IOException;

        /// Reads the bytes `[offset, offset + length)` of the disk to `target[at, at + length)`.
        void read(long offset, byte[] target, int at, int length) throws IOException;

        /// How far to read ahead of the block that is being cut, in bytes; at most [#READ_BYTES].
        default int readAhead() {
            return READ_BYTES;
        }
    }

    /// What is done with the chunks, and when cutting may stop.
    public interface Output {
        /// Takes the chunk at `offset` of the disk: `bytes[at, at + length)`, which are overwritten afterwards.
        void chunk(long offset, byte[] bytes, int at, int length) throws IOException;

        /// Asked between chunks: whether nothing of interest follows `position`, where one chunk or hole has ended and
        /// the next has not begun.
        default boolean settledAt(long position) {
            return false;
        }
    }

    public Chunker(Chunking chunking) {
        this.chunking = chunking;
        this.buffer = new byte[READ_BYTES + chunking.maxBytes() + Chunking.BLOCK_BYTES];
    }

    /// Cuts `[from, end)`. `from` is where a chunk begins or a hole is; `end` is the end of the region or of the disk.
    ///
    /// @return where it stopped: `end`, or the position at which the output called it settled
    public long cut(long from, long end, Input input, Output output) throws IOException {
        return new Cut(from, end, input, output).run();
    }

    /// One stretch being cut. The buffer holds the disk's bytes `[base, filled)`; the open chunk begins at `chunkStart`.
    private final class Cut {
        private final long end;
        private final Input input;
        private final Output output;
        private long base;
        private long filled;
        private long chunkStart;
        private long position;

        Cut(long from, long end, Input input, Output output) {
            this.end = end;
            this.input = input;
            this.output = output;
            this.base = from;
            this.filled = from;
            this.chunkStart = from;
            this.position = from;
        }

        long run() throws IOException {
            while (position < end) {
                long blockEnd = Math.min(end, (position / Chunking.BLOCK_BYTES + 1) * Chunking.BLOCK_BYTES);
                boolean settled = isHole(blockEnd) ? skipHole(blockEnd) : cutBlock(blockEnd);
                if (settled) {
                    return position;
                }
            }
            emit();
            return position;
        }

        /// Only a whole block can be a hole. Cutting starts inside one when the chunk before ended there, so it holds data.
        private boolean isHole(long blockEnd) throws IOException {
            if (position % Chunking.BLOCK_BYTES != 0) {
                fill(blockEnd);
                return false;
            }
            int length = (int) (blockEnd - position);
            if (position >= filled && input.zerosFrom(position, length) >= length) {
                return true;
            }
            fill(blockEnd);
            return Chunking.isZero(buffer, at(position), length);
        }

        private boolean skipHole(long blockEnd) throws IOException {
            emit();
            position = blockEnd;
            chunkStart = blockEnd;
            if (position >= filled) {
                base = position;
                filled = position;
            }
            return output.settledAt(position);
        }

        private boolean cutBlock(long blockEnd) throws IOException {
            while (position < blockEnd) {
                int length = (int) Math.min(Chunking.PAGE_BYTES, blockEnd - position);
                int page = at(position);
                position += length;
                if (position - chunkStart >= chunking.maxBytes() || chunking.endsChunk(crc, buffer, page, length)) {
                    emit();
                    if (output.settledAt(position)) {
                        return true;
                    }
                }
            }
            return false;
        }

        private void emit() throws IOException {
            if (position > chunkStart) {
                output.chunk(chunkStart, buffer, at(chunkStart), (int) (position - chunkStart));
                chunkStart = position;
            }
        }

        private int at(long offset) {
            return (int) (offset - base);
        }

        /// Makes sure that the buffer holds everything from the open chunk's start up to `blockEnd`, and reads on as far
        /// as it may without touching what is known to be zeros.
        private void fill(long blockEnd) throws IOException {
            if (filled >= blockEnd) {
                return;
            }
            System.arraycopy(buffer, at(chunkStart), buffer, 0, (int) (filled - chunkStart));
            base = chunkStart;
            int ahead = input.readAhead();
            long upTo = Math.min(end, filled - filled % ahead + ahead);
            upTo = Math.max(blockEnd, Math.min(upTo, base + buffer.length));
            while (filled < upTo) {
                long data = upTo - filled;
                long zeros = input.zerosFrom(filled, data);
                if (zeros > 0) {
                    if (filled >= blockEnd) {
                        return; // what follows may be skipped altogether
                    }
                    int length = (int) Math.min(zeros, blockEnd - filled);
                    Arrays.fill(buffer, at(filled), at(filled) + length, (byte) 0);
                    filled += length;
                } else {
                    filled += readUpToZeros(upTo);
                }
            }
        }

        /// Reads from `filled` on, up to `upTo` or to the next block of which the input knows that it is zeros.
        private int readUpToZeros(long upTo) throws IOException {
            long stop = filled;
            do {
                stop = Math.min(upTo, (stop / Chunking.BLOCK_BYTES + 1) * Chunking.BLOCK_BYTES);
            } while (stop < upTo && input.zerosFrom(stop, 1) == 0);
            int length = (int) (stop - filled);
            input.read(filled, buffer, at(filled), length);
            return length;
        }
    }
}
