package io.xenolith.sim.stream;

import io.xenolith.sim.http.HttpException;
import io.xenolith.sim.model.Row;
import io.xenolith.sim.pool.Attachments.Attachment;
import io.xenolith.sim.pool.Operations;
import io.xenolith.sim.rpc.XapiFailure;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;

/// `PUT /import_raw_vdi`: writes a disk from `raw`, `vhd` or, with `chunked`, records of
///
/// | bytes | field                                       |
/// |------:|---------------------------------------------|
/// |     8 | offset on the disk, little-endian           |
/// |     4 | length, little-endian; 0 at offset 0 is the end |
/// |   n   | data                                        |
///
/// The answer goes out before the body is read, so only the task tells how it ended.
final class RawImport implements StreamEndpoint.Stream {
    private static final int PIECE = 1 << 20;
    private static final int MOST_IN_RECORD = 64 << 20;

    @Override
    public Row storage(StreamContext context) throws IOException {
        if (context.parameter("vdi") != null) {
            return existing(context).follow("SR");
        }
        return target(context);
    }

    private static Row existing(StreamContext context) {
        try {
            return RawExport.vdi(context, "vdi");
        } catch (XapiFailure e) {
            throw new XapiFailure("VDI_MISSING", "OpaqueRef:NULL", context.parameter("vdi"));
        }
    }

    /// The SR that a new disk is to be made on.
    static Row target(StreamContext context) {
        var ref = context.parameter("sr_id");
        var uuid = context.parameter("sr_uuid");
        if (ref != null) {
            return context.database().get("SR", ref);
        }
        if (uuid != null) {
            return context.database().byUuid("SR", uuid);
        }
        var standard = context.pool().row().follow("default_SR");
        if (standard == null) {
            throw new XapiFailure("DEFAULT_SR_NOT_FOUND", context.pool().row().text("default_SR"));
        }
        return standard;
    }

    @Override
    public Object run(StreamContext context) throws IOException, InterruptedException {
        var format = context.parameter("format") == null ? "raw" : context.parameter("format");
        boolean chunked = context.parameter("chunked") != null; // whatever its value
        boolean readable = format.equals("raw") || format.equals("vhd") && !chunked;
        if (context.request().transferEncoded() || !readable) {
            throw new HttpException(404, "INTERNAL_ERROR: [ cannot import format " + format + " this way ]");
        }
        long length = context.request().contentLength();
        var vdi = context.pool().locked(() -> context.parameter("vdi") != null ? existing(context) : fresh(context, length));
        var in = context.upload();
        context.pool().locked(() -> {
            Operations.requireDetached(vdi, "import");
            return null;
        });
        var attachment = context.pool().attachments().attach(context.host(), vdi, true);
        try {
            long size = attachment.image().size();
            if (chunked) {
                readRecords(attachment, in);
            } else if (format.equals("vhd")) {
                new VhdReader(in, length < 0 ? size : length, target(attachment)).read();
            } else {
                readRaw(context, attachment, in, length < 0 ? size : length);
            }
        } catch (EOFException e) {
            throw new XapiFailure("VDI_IO_ERROR", "Device I/O errors");
        } finally {
            attachment.detachLater();
        }
        context.pool().locked(() -> {
            context.pool().storage().refresh(vdi.follow("SR"));
            return null;
        });
        return vdi.ref();
    }

    private static Row fresh(StreamContext context, long length) throws IOException {
        if (length <= 0) {
            throw new XapiFailure("INTERNAL_ERROR", "a new disk needs a Content-Length");
        }
        return context.pool().storage().create(target(context), length,
                Map.of("name_label", "Imported VDI", "type", "user"));
    }

    private static VhdReader.Target target(Attachment attachment) {
        return new VhdReader.Target() {
            @Override
            public long size() {
                return attachment.image().size();
            }

            @Override
            public void write(long offset, ByteBuffer bytes) throws IOException, InterruptedException {
                RawImport.write(attachment, offset, bytes);
            }
        };
    }

    private static void readRaw(StreamContext context, Attachment attachment, InputStream in, long length)
            throws IOException, InterruptedException {
        for (long offset = 0; offset < length; offset += PIECE) {
            var bytes = exactly(in, (int) Math.min(PIECE, length - offset));
            write(attachment, offset, ByteBuffer.wrap(bytes));
            context.progress((double) offset / length);
        }
    }

    private static void readRecords(Attachment attachment, InputStream in) throws IOException, InterruptedException {
        while (true) {
            var head = ByteBuffer.wrap(exactly(in, 12)).order(ByteOrder.LITTLE_ENDIAN);
            long offset = head.getLong();
            int length = head.getInt();
            if (offset == 0 && length == 0) {
                return;
            }
            if (length < 0 || length > MOST_IN_RECORD) {
                throw new XapiFailure("VDI_IO_ERROR", "Device I/O errors");
            }
            write(attachment, offset, ByteBuffer.wrap(exactly(in, length)));
        }
    }

    /// @throws XapiFailure `VDI_IO_ERROR` beyond the disk's end or on full storage
    static void write(Attachment attachment, long offset, ByteBuffer bytes) throws InterruptedException {
        try {
            attachment.write(offset, bytes);
        } catch (IOException e) {
            throw new XapiFailure("VDI_IO_ERROR", "Device I/O errors");
        }
    }

    private static byte[] exactly(InputStream in, int length) throws IOException {
        var bytes = in.readNBytes(length);
        if (bytes.length < length) {
            throw new EOFException("%d of %d bytes".formatted(bytes.length, length));
        }
        return bytes;
    }
}
