package io.xenolith.sim.stream;

import io.xenolith.sim.http.HttpException;
import io.xenolith.sim.rpc.XapiFailure;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Random;

/// `GET /pool/xmldbdump`: the database as XML. `PUT` takes one back, but only as a `dry_run`. `GET /host_backup`: bytes that
/// stand for a host's archive and are the same every time.
final class PoolDump {
    private static final int BACKUP_BYTES = 256 << 10;
    private static final long BACKUP_SEED = 42;

    private PoolDump() {}

    static Object dump(StreamContext context) throws IOException, InterruptedException {
        var xml = context.pool().locked(() -> {
            var out = new StringBuilder("<database><manifest><pair key=\"schema_major_vsn\" value=\"5\"/></manifest>");
            for (var cls : context.database().schema().classes()) {
                out.append("<table name=\"").append(cls).append("\">");
                context.database().all(cls).forEach(row -> out.append("<row ref=\"").append(row.ref()).append("\" uuid=\"")
                        .append(row.uuid()).append("\"/>"));
                out.append("</table>");
            }
            return out.append("</database>").toString();
        });
        var out = context.download("HTTP/1.0", "application/octet-stream", "pool.xml", Map.of());
        out.write(xml.getBytes(StandardCharsets.UTF_8));
        return "";
    }

    static Object restore(StreamContext context) throws IOException {
        if (context.request().contentLength() < 0) {
            throw new HttpException(400, "INTERNAL_ERROR: [ a database needs a Content-Length ]");
        }
        var text = new String(context.upload().readAllBytes(), StandardCharsets.UTF_8);
        if (!text.startsWith("<database>") || !text.endsWith("</database>") || !context.request().is("dry_run", "true")) {
            throw new XapiFailure("RESTORE_INCOMPATIBLE_VERSION");
        }
        return "";
    }

    static Object hostBackup(StreamContext context) throws IOException {
        var out = context.download("HTTP/1.0", "application/octet-stream", "host.bak", Map.of());
        var bytes = new byte[BACKUP_BYTES];
        new Random(BACKUP_SEED).nextBytes(bytes);
        out.write(bytes);
        return "";
    }
}
