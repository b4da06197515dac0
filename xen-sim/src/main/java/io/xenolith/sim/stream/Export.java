package io.xenolith.sim.stream;

import com.github.luben.zstd.ZstdOutputStream;
import io.xenolith.sim.model.Row;
import io.xenolith.sim.rpc.XapiFailure;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Map;
import java.util.Set;
import java.util.zip.GZIPOutputStream;

/// `GET /export`: a VM or snapshot with its disks as an XVA.
final class Export implements StreamEndpoint.Stream {

    @Override
    public Row storage(StreamContext context) {
        return vm(context).followAll("VBDs").stream()
                .filter(vbd -> vbd.text("type").equals("Disk") && vbd.follow("VDI") != null)
                .map(vbd -> vbd.follow("VDI").follow("SR")).findFirst().orElse(null);
    }

    /// @throws XapiFailure `HANDLE_INVALID` or `UUID_INVALID`
    static Row vm(StreamContext context) {
        var ref = context.parameter("ref");
        return ref != null ? context.database().get("VM", ref)
                : context.database().byUuid("VM", String.valueOf(context.parameter("uuid")));
    }

    @Override
    public Object run(StreamContext context) throws IOException, InterruptedException {
        boolean preserve = context.flag("preserve_power_state", false);
        var pool = context.pool();
        var hold = pool.locked(() -> pool.operations().beginOnVm(vm(context), "export", context.task().ref()));
        try (hold) {
            var document = pool.locked(() -> {
                var ova = new OvaDocument(pool, preserve, Set.of());
                ova.addVm(vm(context));
                return ova;
            });
            var plain = context.download("HTTP/1.0", "application/octet-stream", "export.xva", Map.of("Server", "XenAPI"));
            try (var out = compressed(context, plain)) {
                write(context, document, new TarWriter(out));
            }
        }
        return "";
    }

    private static OutputStream compressed(StreamContext context, OutputStream out) throws IOException {
        var asked = String.valueOf(context.parameter("use_compression"));
        return switch (asked) {
            case "true", "gzip" -> new GZIPOutputStream(out, 1 << 16);
            case "zstd" -> context.pool().version().exportsZstd() ? new ZstdOutputStream(out) : out;
            default -> out; // whatever it says: no compression and no complaint
        };
    }

    private static void write(StreamContext context, OvaDocument document, TarWriter tar)
            throws IOException, InterruptedException {
        var pool = context.pool();
        tar.entry("ova.xml", pool.locked(document::encode));
        var chunks = new Chunks(tar, pool.version().writesXxhash(), pool.settings().slowScans());
        for (var disk : pool.locked(document::disks).entrySet()) {
            var attachment = pool.attachments().attach(context.host(), disk.getValue(), false);
            try {
                chunks.write(disk.getKey(), attachment.image(), context);
            } finally {
                attachment.detachLater();
            }
        }
        tar.end();
    }

    /// `GET /export_metadata`: only the `ova.xml`, with a length.
    static final class Metadata implements StreamEndpoint.Stream {
        private static Set<String> excluded(StreamContext context) {
            var kinds = context.parameter("excluded_device_types");
            boolean known = kinds != null && context.pool().version().excludesDevices();
            return known ? Set.of(kinds.split(",")) : Set.of();
        }

        @Override
        public Object run(StreamContext context) throws IOException, InterruptedException {
            boolean snapshots = context.flag("export_snapshots", true);
            boolean all = context.flag("all", false);
            boolean dom0 = context.flag("include_dom0", true);
            context.pool().locked(() -> {
                context.pool().requireNoUpgrade();
                return null;
            });
            var document = context.pool().locked(() -> {
                var ova = new OvaDocument(context.pool(), true, excluded(context));
                for (var vm : context.database().all("VM")) {
                    boolean wanted = all ? !vm.flag("is_default_template") && (dom0 || !vm.flag("is_control_domain"))
                            : vm == vm(context) || snapshots && vm.text("snapshot_of").equals(vm(context).ref());
                    if (wanted) {
                        try (var _ = context.pool().operations().beginOnVm(vm, "metadata_export", context.task().ref())) {
                            ova.addVm(vm);
                        }
                    }
                }
                return ova.encode();
            });
            var body = new ByteArrayOutputStream();
            var tar = new TarWriter(body);
            tar.entry("ova.xml", document);
            tar.end();
            var out = context.download("HTTP/1.0", "application/octet-stream", "export.xva",
                    Map.of("Content-Length", Integer.toString(body.size())));
            out.write(body.toByteArray());
            return "";
        }
    }
}
