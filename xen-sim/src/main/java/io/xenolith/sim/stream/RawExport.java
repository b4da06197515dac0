package io.xenolith.sim.stream;

import io.xenolith.sim.disk.DiskImage;
import io.xenolith.sim.http.HttpException;
import io.xenolith.sim.model.Row;
import io.xenolith.sim.pool.Attachments.Attachment;
import io.xenolith.sim.pool.Storage;
import io.xenolith.sim.rpc.XapiFailure;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.Map;

/// `GET /export_raw_vdi`: one disk as `raw`, `vhd` or `tar`. The head of the answer goes out before the disk is attached, so
/// that whatever goes wrong then lands in the body of a good answer.
final class RawExport implements StreamEndpoint.Stream {
    private static final Map<String, String> CONTENT_TYPES =
            Map.of("raw", "application/octet-stream", "vhd", "application/vhd", "tar", "application/x-tar");

    @Override
    public Row storage(StreamContext context) {
        return vdi(context, "vdi").follow("SR");
    }

    static Row vdi(StreamContext context, String parameter) {
        var name = context.parameter(parameter);
        if (name == null) {
            throw new XapiFailure("INTERNAL_ERROR", "Not_found: " + parameter);
        }
        return context.database().byRefOrUuid("VDI", name);
    }

    @Override
    public Object run(StreamContext context) throws IOException, InterruptedException {
        var format = context.parameter("format") == null ? "raw" : context.parameter("format");
        if (!CONTENT_TYPES.containsKey(format) || format.equals("tar") && !context.pool().version().exportsTar()) {
            throw new HttpException(404, "INTERNAL_ERROR: [ unknown format: " + format + " ]");
        }
        var vdi = context.pool().locked(() -> vdi(context, "vdi"));
        var out = context.download("HTTP/1.1", CONTENT_TYPES.get(format), vdi.uuid() + "." + format, Map.of());
        var base = context.parameter("base") == null ? null : context.pool().locked(() -> base(context));
        requireExportable(context, vdi, format);
        var attachment = context.pool().attachments().attach(context.host(), vdi, false);
        try {
            write(context, attachment, base, format, out);
        } finally {
            attachment.detachLater();
        }
        return "";
    }

    private static DiskImage base(StreamContext context) {
        return context.pool().storage().image(vdi(context, "base"));
    }

    private static void requireExportable(StreamContext context, Row vdi, String format)
            throws IOException, InterruptedException {
        context.pool().locked(() -> {
            if (format.equals("vhd") && vdi.number("virtual_size") > Storage.MOST_VHD_BYTES) {
                throw new XapiFailure("VDI_TOO_LARGE", vdi.ref(), Long.toString(Storage.MOST_VHD_BYTES));
            }
            return null;
        });
    }

    private static void write(StreamContext context, Attachment attachment, DiskImage base, String format, OutputStream out)
            throws IOException, InterruptedException {
        switch (format) {
            case "vhd" -> new VhdWriter(attachment.image(), base).write(out, context);
            case "tar" -> {
                var tar = new TarWriter(out);
                new Chunks(tar, context.pool().version().writesXxhash(), context.pool().settings().slowScans())
                        .write("vdi", attachment.image(), context);
                tar.end();
            }
            default -> writeRaw(context, attachment.image(), out);
        }
    }

    private static void writeRaw(StreamContext context, DiskImage image, OutputStream out)
            throws IOException, InterruptedException {
        for (long offset = 0; offset < image.size(); offset += Chunks.BYTES) {
            var bytes = new byte[(int) Math.min(Chunks.BYTES, image.size() - offset)];
            image.read(offset, ByteBuffer.wrap(bytes));
            out.write(bytes);
            context.progress((double) offset / image.size());
        }
        out.flush();
    }
}
