package io.xenolith.sim.stream;

import com.github.luben.zstd.ZstdInputStream;
import io.xenolith.sim.http.HttpException;
import io.xenolith.sim.model.Row;
import io.xenolith.sim.rpc.XapiFailure;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.zip.GZIPInputStream;

/// `PUT /import`: a VM out of an XVA, plain or compressed. `PUT /import_metadata`: the same without disk contents, which
/// finds the disks in the pool.
final class Import implements StreamEndpoint.Stream {
    private static final int MOST_OVA_BYTES = 64 << 20;
    private static final int MOST_CHUNK_BYTES = 1 << 30;
    private static final int ZSTD_MAGIC = 0x28B52FFD;

    private final boolean metadataOnly;

    Import(boolean metadataOnly) {
        this.metadataOnly = metadataOnly;
    }

    @Override
    public Row storage(StreamContext context) {
        return metadataOnly ? null : RawImport.target(context);
    }

    @Override
    public Object run(StreamContext context) throws IOException, InterruptedException {
        requireAccepted(context);
        boolean force = context.request().is("force", "true");
        var ova = new OvaImport(context.pool(), context.request().is("restore", "true"), force);
        var in = new TarReader(plain(context.upload()));
        try {
            readOva(in, ova);
            context.pool().locked(() -> {
                ova.create((vdi, sr) -> metadataOnly ? find(context, vdi, sr, force)
                        : ova.createDisk(RawImport.target(context), vdi));
                context.task().put("other_config", "object_creation", "complete");
                return null;
            });
            if (!metadataOnly) {
                readDisks(context, in, ova, force);
            }
            if (context.request().is("dry_run", "true")) {
                undo(context, ova);
            }
            return ova.vms();
        } catch (XapiFailure | IOException e) {
            if (!force) {
                undo(context, ova);
            }
            throw e;
        }
    }

    private static void undo(StreamContext context, OvaImport ova) throws IOException, InterruptedException {
        context.pool().locked(() -> {
            ova.undo();
            return null;
        });
    }

    private void requireAccepted(StreamContext context) throws IOException, InterruptedException {
        if (context.request().transferEncoded()) {
            fail(context, 403, new XapiFailure("IMPORT_ERROR_CANNOT_HANDLE_CHUNKED"));
        }
        XapiFailure refusal = null;
        try {
            context.pool().locked(() -> {
                context.pool().requireNoUpgrade();
                if (!metadataOnly && RawImport.target(context).text("content_type").equals("iso")) {
                    throw new XapiFailure("SR_OPERATION_NOT_SUPPORTED", RawImport.target(context).ref());
                }
                return null;
            });
        } catch (XapiFailure e) {
            refusal = e;
        }
        if (refusal != null) {
            fail(context, 400, refusal);
        }
    }

    private static void fail(StreamContext context, int status, XapiFailure failure)
            throws IOException, InterruptedException {
        context.pool().locked(() -> {
            context.pool().tasks().fail(context.task(), failure);
            return null;
        });
        throw new HttpException(status, failure.asText());
    }

    /// Takes compression off. What does not begin with a tar header is zstd by its magic, and gzip otherwise.
    private static InputStream plain(InputStream raw) throws IOException {
        var in = new BufferedInputStream(raw, 1 << 16);
        in.mark(TarWriter.BLOCK);
        var start = in.readNBytes(TarWriter.BLOCK);
        in.reset();
        if (start.length < TarWriter.BLOCK || TarReader.hasGoodChecksum(start)) {
            return in;
        }
        return ByteBuffer.wrap(start).getInt() == ZSTD_MAGIC ? new ZstdInputStream(in) : new GZIPInputStream(in, 1 << 16);
    }

    private static void readOva(TarReader in, OvaImport ova) throws IOException {
        var first = in.next(MOST_OVA_BYTES);
        if (first == null || !first.name().equals("ova.xml")) {
            throw new XapiFailure("IMPORT_ERROR_UNEXPECTED_FILE", "ova.xml", first == null ? "" : first.name());
        }
        ova.parse(first.body());
    }

    private static void readDisks(StreamContext context, TarReader in, OvaImport ova, boolean force)
            throws IOException, InterruptedException {
        var gap = new Gap();
        for (var disk : ova.contents().entrySet()) {
            readDisk(context, in, disk.getKey(), disk.getValue(), gap, force);
        }
        context.pool().locked(() -> {
            for (var disk : ova.contents().values()) {
                context.pool().storage().refresh(disk.vdi().follow("SR"));
            }
            return null;
        });
    }

    /// What a number left out is worth: the length of the first chunk of the whole archive.
    private static final class Gap {
        private long bytes = -1;
    }

    private static void readDisk(StreamContext context, TarReader in, String id, OvaImport.DiskContent disk, Gap gap,
            boolean force) throws IOException, InterruptedException {
        var attachment = context.pool().attachments().attach(context.host(), disk.vdi(), true);
        try {
            long position = 0;
            int last = -1;
            while (position < disk.bytes()) {
                var chunk = in.next(MOST_CHUNK_BYTES);
                int number = number(chunk, id, last);
                requireChecksum(chunk, in.next(TarWriter.BLOCK), force);
                gap.bytes = gap.bytes < 0 ? chunk.body().length : gap.bytes;
                position += (number - last - 1) * gap.bytes;
                RawImport.write(attachment, position, ByteBuffer.wrap(chunk.body()));
                position += chunk.body().length;
                last = number;
                context.progress((double) position / disk.bytes());
            }
        } finally {
            attachment.detachLater();
        }
    }

    private static int number(TarReader.Entry chunk, String id, int last) {
        if (chunk == null) {
            throw new XapiFailure("IMPORT_ERROR_PREMATURE_EOF");
        }
        if (!chunk.name().matches(id + "/[0-9]{8}") || Integer.parseInt(chunk.name().substring(id.length() + 1)) <= last) {
            throw new XapiFailure("IMPORT_ERROR",
                    "Invalid XVA file: found %s among the chunks of %s".formatted(chunk.name(), id));
        }
        return Integer.parseInt(chunk.name().substring(id.length() + 1));
    }

    private static void requireChecksum(TarReader.Entry chunk, TarReader.Entry checksum, boolean force) {
        boolean xxhash = checksum != null && checksum.name().equals(chunk.name() + ".xxhash");
        if (checksum == null || !xxhash && !checksum.name().equals(chunk.name() + ".checksum")) {
            throw new XapiFailure("IMPORT_ERROR", "Invalid XVA file: no checksum after " + chunk.name());
        }
        var expected = Chunks.checksum(chunk.body(), xxhash);
        var found = new String(checksum.body(), StandardCharsets.US_ASCII);
        if (!expected.equals(found) && !force) {
            throw new XapiFailure("IMPORT_ERROR",
                    "checksum failed: %s has %s, archive says %s".formatted(chunk.name(), expected, found));
        }
    }

    /// The pool's disk for one of the archive: by the request's `vdi:` map, by SR and location, or by where it was moved.
    private static Row find(StreamContext context, Map<String, Object> vdi, Map<String, Object> sr, boolean force) {
        var mapped = mapped(context).get(vdi.get("uuid"));
        if (mapped != null) {
            return context.database().byUuid("VDI", mapped);
        }
        for (var row : context.database().all("VDI")) {
            boolean sameSr = row.follow("SR").uuid().equals(sr.get("uuid"));
            if (sameSr && row.text("location").equals(vdi.get("location"))) {
                return row;
            }
        }
        if (force) {
            return null;
        }
        boolean known = context.database().all("SR").stream().anyMatch(row -> row.uuid().equals(sr.get("uuid")));
        throw known ? new XapiFailure("VDI_LOCATION_MISSING", (String) sr.get("uuid"), String.valueOf(vdi.get("location")))
                : new XapiFailure("VDI_CONTENT_ID_MISSING");
    }

    private static Map<String, String> mapped(StreamContext context) {
        var map = new HashMap<String, String>();
        for (var parameter : context.request().parameters()) {
            if (parameter.name().startsWith("vdi:")) {
                map.put(parameter.name().substring("vdi:".length()), parameter.value());
            }
        }
        return map;
    }
}
