package io.xenolith.sim.call;

import io.xenolith.sim.disk.DiskImage;
import io.xenolith.sim.model.Row;
import io.xenolith.sim.pool.Operations;
import io.xenolith.sim.pool.Role;
import io.xenolith.sim.pool.SrKind;
import io.xenolith.sim.rpc.XapiFailure;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Disks: making, copying and destroying them, and tracking what changes on them.
final class VdiCalls {
    private static final long DATA_DESTROY_WAITS_MILLIS = 4_000;
    private static final int RAW_FORMAT = 66;
    private static final int RESIZE_FAILED = 110;
    private static final Set<String> TRACKABLE = Set.of("user", "system");

    private VdiCalls() {}

    static void define(Methods methods) {
        methods.define(Role.VM_ADMIN, "VDI.create", "record", VdiCalls::create);
        methods.define(Role.VM_ADMIN, "VDI.destroy", "ref VDI", VdiCalls::destroy);
        methods.define(Role.VM_ADMIN, "VDI.snapshot", "ref VDI, ?map string", call -> snapshot(call, call.row(0)).ref());
        methods.define(Role.VM_ADMIN, "VDI.clone", "ref VDI, ?map string", VdiCalls::cloneOf);
        methods.define(Role.VM_ADMIN, "VDI.copy", "ref VDI, ref SR, ?ref VDI, ?ref VDI", VdiCalls::copy);
        methods.define(Role.VM_ADMIN, "VDI.resize", "ref VDI, int", call -> resize(call, true));
        methods.define(Role.VM_ADMIN, "VDI.resize_online", "ref VDI, int", call -> resize(call, false));
        methods.define(Role.VM_ADMIN, "VDI.forget", "ref VDI", VdiCalls::forget);
        methods.define(Role.VM_ADMIN, "VDI.introduce", "string, string, string, ref SR, string, bool, bool, map string,"
                + " string, ?map string, ?map string, ?bool, ?int, ?int, ?ref pool, ?bool, ?datetime, ?ref VDI",
                VdiCalls::introduce);
        methods.define(Role.VM_ADMIN, "VDI.update", "ref VDI", call -> {
            call.pool().storage().refresh(call.row(0).follow("SR"));
            return null;
        });
        methods.define(Role.VM_ADMIN, "VDI.set_on_boot", "ref VDI, string", VdiCalls::setOnBoot);
        methods.define(Role.VM_POWER_ADMIN, "VDI.pool_migrate", "ref VDI, ref SR, map string", VdiCalls::migrate);
        defineTracking(methods);
    }

    private static void defineTracking(Methods methods) {
        methods.define(Role.VM_ADMIN, "VDI.enable_cbt", "ref VDI", VdiCalls::enableTracking);
        methods.define(Role.VM_ADMIN, "VDI.disable_cbt", "ref VDI", VdiCalls::disableTracking);
        methods.define(Role.VM_OPERATOR, "VDI.list_changed_blocks", "ref VDI, ref VDI", VdiCalls::changedBlocks);
        methods.define(Role.VM_ADMIN, "VDI.data_destroy", "ref VDI", VdiCalls::destroyData);
        methods.defineSync(Role.VM_ADMIN, "VDI.get_nbd_info", "ref VDI", NbdInfo::of);
    }

    private static Object create(Call call) throws IOException {
        var arguments = Constructor.arguments(call.database().schema(), "VDI", call.map(0));
        var sr = call.database().get("SR", (String) arguments.get("SR"));
        if (arguments.get("type").equals("cbt_metadata")) {
            throw new XapiFailure("VDI_INCOMPATIBLE_TYPE", "OpaqueRef:NULL", "cbt_metadata");
        }
        if (call.pool().storage().kind(sr) == SrKind.ISO) {
            throw new XapiFailure("SR_OPERATION_NOT_SUPPORTED", sr.ref());
        }
        return call.pool().storage().create(sr, (Long) arguments.get("virtual_size"), arguments).ref();
    }

    private static Object destroy(Call call) throws IOException, InterruptedException {
        var vdi = call.row(0);
        try (var _ = call.pool().operations().beginOnVdi(vdi, "destroy", call.operationRef())) {
            Operations.requireDetached(vdi, "destroy");
            call.pool().storage().destroy(vdi);
        }
        return null;
    }

    /// Snapshots one disk; what [VmCalls] does disk by disk.
    static Row snapshot(Call call, Row vdi) throws IOException, InterruptedException {
        requireContent(vdi);
        if (vdi.flag("sharable")) {
            throw new XapiFailure("VDI_IS_SHARABLE", vdi.ref());
        }
        if (vdi.text("on_boot").equals("reset")) {
            throw new XapiFailure("VDI_ON_BOOT_MODE_INCOMPATIBLE_WITH_OPERATION");
        }
        requireFeature(call, vdi, "VDI_SNAPSHOT");
        try (var _ = call.pool().operations().beginOnVdi(vdi, "snapshot", call.operationRef())) {
            return call.pool().storage().snapshot(vdi);
        }
    }

    static void requireContent(Row vdi) {
        if (vdi.text("type").equals("cbt_metadata")) {
            throw new XapiFailure("VDI_INCOMPATIBLE_TYPE", vdi.ref(), "cbt_metadata");
        }
    }

    private static void requireFeature(Call call, Row vdi, String feature) {
        var sr = vdi.follow("SR");
        if (!call.pool().storage().kind(sr).features().containsKey(feature)) {
            throw new XapiFailure("SR_OPERATION_NOT_SUPPORTED", sr.ref());
        }
    }

    private static Object cloneOf(Call call) throws IOException, InterruptedException {
        var vdi = call.row(0);
        requireContent(vdi);
        requireFeature(call, vdi, "VDI_CLONE");
        try (var _ = call.pool().operations().beginOnVdi(vdi, "clone", call.operationRef())) {
            return call.pool().storage().cloneOf(vdi).ref();
        }
    }

    private static Object copy(Call call) throws IOException, InterruptedException {
        var vdi = call.row(0);
        var into = call.has(3) ? call.rowOrNull(3) : null;
        return copy(call, vdi, into == null ? call.rowOrNull(1) : into.follow("SR"), into).ref();
    }

    /// Copies the content of `vdi` to a new disk on `sr`, or into a disk that is there.
    static Row copy(Call call, Row vdi, Row sr, Row into) throws IOException, InterruptedException {
        requireContent(vdi);
        Operations.requireNoWriter(vdi, "copy");
        try (var _ = call.pool().operations().beginOnVdi(vdi, "copy", call.operationRef())) {
            var fields = new LinkedHashMap<String, Object>();
            for (var inherited : List.of("name_label", "name_description", "type", "sharable", "other_config", "tags")) {
                fields.put(inherited, vdi.get(inherited));
            }
            var target = into != null ? into : call.pool().storage().create(sr, vdi.number("virtual_size"), fields);
            var source = call.pool().storage().image(vdi);
            call.pool().unlocked(() -> {
                copyBlocks(call, source, target);
                return null;
            });
            call.pool().storage().refresh(sr);
            return target;
        }
    }

    private static void copyBlocks(Call call, DiskImage source, Row target) throws IOException, InterruptedException {
        var blocks = source.allocatedVhdBlocks();
        for (int block = blocks.nextSetBit(0); block >= 0; block = blocks.nextSetBit(block + 1)) {
            long offset = (long) block * DiskImage.VHD_BLOCK;
            var bytes = ByteBuffer.allocate((int) Math.min(DiskImage.VHD_BLOCK, source.size() - offset));
            source.read(offset, bytes);
            call.pool().locked(() -> {
                call.pool().storage().write(target, offset, bytes.flip());
                return null;
            });
        }
    }

    private static Object resize(Call call, boolean detached) throws InterruptedException {
        var vdi = call.row(0);
        requireContent(vdi);
        if (call.number(1) < vdi.number("virtual_size")) {
            throw XapiFailure.storage(RESIZE_FAILED, "VDI resize failed: shrinking is not supported");
        }
        if (detached) {
            Operations.requireDetached(vdi, "resize");
        }
        try (var _ = call.pool().operations().beginOnVdi(vdi, "resize", call.operationRef())) {
            call.pool().storage().resize(vdi, call.number(1));
        }
        return null;
    }

    private static Object forget(Call call) {
        Operations.requireDetached(call.row(0), "forget");
        requireContent(call.row(0));
        call.pool().storage().forget(call.row(0));
        return null;
    }

    private static Object introduce(Call call) {
        return call.pool().storage().introduce(call.text(0), call.row(3), Map.of("name_label", call.text(1),
                "name_description", call.text(2), "type", call.text(4), "sharable", call.flag(5), "read_only", call.flag(6),
                "other_config", call.map(7))).ref();
    }

    private static Object setOnBoot(Call call) {
        var vdi = call.row(0);
        if (vdi.flag("cbt_enabled")) {
            throw new XapiFailure("VDI_CBT_ENABLED", vdi.ref());
        }
        vdi.set("on_boot", call.text(1));
        return null;
    }

    private static Object migrate(Call call) throws IOException, InterruptedException {
        var vdi = call.row(0);
        if (vdi.flag("cbt_enabled")) {
            throw new XapiFailure("VDI_CBT_ENABLED", vdi.ref());
        }
        var moved = copy(call, vdi, call.row(1), null);
        for (var vbd : vdi.followAll("VBDs")) {
            vbd.set("VDI", moved.ref());
        }
        call.pool().storage().destroy(vdi);
        return moved.ref();
    }

    private static Object enableTracking(Call call) {
        var vdi = call.row(0);
        call.pool().requireNoUpgrade();
        call.pool().requireLicence("restrict_cbt", "CBT");
        if (vdi.flag("is_a_snapshot")) {
            throw new XapiFailure("OPERATION_NOT_ALLOWED", "VDI is a snapshot: " + vdi.ref());
        }
        requireTrackable(call, vdi);
        call.pool().storage().enableTracking(vdi);
        return null;
    }

    private static void requireTrackable(Call call, Row vdi) {
        if (!TRACKABLE.contains(vdi.text("type"))) {
            throw new XapiFailure("VDI_INCOMPATIBLE_TYPE", vdi.ref(), vdi.text("type"));
        }
        if (vdi.text("on_boot").equals("reset")) {
            throw new XapiFailure("VDI_ON_BOOT_MODE_INCOMPATIBLE_WITH_OPERATION");
        }
        requireFeature(call, vdi, "VDI_CONFIG_CBT");
        call.pool().storage().requireAttached(vdi.follow("SR"));
        if ("raw".equals(vdi.map("sm_config").get("type"))) {
            throw XapiFailure.storage(RAW_FORMAT, "VDI is raw: changed block tracking needs a VHD");
        }
    }

    private static Object disableTracking(Call call) {
        var vdi = call.row(0);
        call.pool().requireNoUpgrade();
        if (vdi.flag("is_a_snapshot")) {
            throw new XapiFailure("OPERATION_NOT_ALLOWED", "VDI is a snapshot: " + vdi.ref());
        }
        call.pool().storage().disableTracking(vdi);
        return null;
    }

    private static Object changedBlocks(Call call) throws InterruptedException {
        var from = call.row(0);
        var to = call.row(1);
        call.pool().requireNoUpgrade();
        requireFeature(call, to, "VDI_CONFIG_CBT");
        Operations.requireDetached(to, "list_changed_blocks");
        try (var _ = call.pool().operations().beginOnVdi(to, "list_changed_blocks", call.operationRef())) {
            var hidden = new ArrayList<>(call.pool().faults().hiddenBlocks(to.uuid()));
            if (to.follow("snapshot_of") != null) {
                hidden.addAll(call.pool().faults().hiddenBlocks(to.follow("snapshot_of").uuid()));
            }
            return Base64.getEncoder().encodeToString(call.pool().storage().changedBlocks(from, to, hidden));
        }
    }

    /// Frees a snapshot's content and keeps its log, once every VBD of it is gone; that of its snapshot VM counts too.
    private static Object destroyData(Call call) throws IOException, InterruptedException {
        var vdi = call.row(0);
        call.pool().requireNoUpgrade();
        if (!vdi.flag("is_a_snapshot")) {
            throw new XapiFailure("OPERATION_NOT_ALLOWED", "VDI is not a snapshot: " + vdi.ref());
        }
        if (!vdi.flag("cbt_enabled")) {
            throw new XapiFailure("VDI_NO_CBT_METADATA", vdi.ref());
        }
        if (!call.database().await(DATA_DESTROY_WAITS_MILLIS, () -> vdi.texts("VBDs").isEmpty())) {
            throw new XapiFailure("VDI_IN_USE", vdi.ref(), "data_destroy");
        }
        if (!vdi.text("type").equals("cbt_metadata")) {
            try (var _ = call.pool().operations().beginOnVdi(vdi, "data_destroy", call.operationRef())) {
                call.pool().storage().destroyData(vdi);
            }
        }
        return null;
    }
}
