package io.xenolith.sim.call;

import io.xenolith.sim.model.Database;
import io.xenolith.sim.model.Row;
import io.xenolith.sim.model.Type;
import io.xenolith.sim.pool.MacAddress;
import io.xenolith.sim.pool.Operations;
import io.xenolith.sim.pool.Role;
import io.xenolith.sim.rpc.XapiFailure;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Drives, network cards and TPMs of VMs.
final class DeviceCalls {
    private static final Set<String> DISK_TYPES =
            Set.of("system", "user", "ephemeral", "suspend", "crashdump", "metadata", "rrd", "pvs_cache");
    private static final int MOST_POSITIONS = 255;

    private DeviceCalls() {}

    static void define(Methods methods) {
        methods.define(Role.VM_ADMIN, "VBD.create", "record", DeviceCalls::createDrive);
        methods.define(Role.VM_ADMIN, "VBD.destroy", "ref VBD", DeviceCalls::destroyDrive);
        methods.define(Role.VM_ADMIN, "VBD.plug", "ref VBD", DeviceCalls::plug);
        methods.define(Role.VM_ADMIN, "VBD.unplug", "ref VBD", DeviceCalls::unplug);
        methods.define(Role.VM_ADMIN, "VBD.unplug_force", "ref VBD", DeviceCalls::unplug);
        methods.define(Role.VM_OPERATOR, "VBD.eject", "ref VBD", DeviceCalls::eject);
        methods.define(Role.VM_OPERATOR, "VBD.insert", "ref VBD, ref VDI", DeviceCalls::insert);
        methods.define(Role.VM_ADMIN, "VIF.create", "record", DeviceCalls::createCard);
        methods.define(Role.VM_ADMIN, "VIF.destroy", "ref VIF", DeviceCalls::destroyCard);
        methods.define(Role.VM_ADMIN, "VIF.plug", "ref VIF", call -> setCard(call, "currently_attached", true));
        methods.define(Role.VM_ADMIN, "VIF.unplug", "ref VIF", call -> setCard(call, "currently_attached", false));
        methods.define(Role.VM_ADMIN, "VIF.move", "ref VIF, ref network",
                call -> setCard(call, "network", call.row(1).ref()));
        methods.define(Role.VM_ADMIN, "VTPM.create", "ref VM, bool", DeviceCalls::createTpm);
        methods.define(Role.VM_ADMIN, "VTPM.destroy", "ref VTPM", call -> {
            call.database().delete(call.row(0));
            return null;
        });
    }

    private static Object createDrive(Call call) {
        var arguments = Constructor.arguments(call.database().schema(), "VBD", call.map(0));
        var vm = call.database().get("VM", (String) arguments.get("VM"));
        requireMedium(call, arguments);
        var position = position(vm, (String) arguments.get("userdevice"));
        var values = new LinkedHashMap<>(arguments);
        values.put("userdevice", position);
        values.put("allowed_operations", List.of("attach", "unpause", "pause"));
        return call.database().create("VBD", values).ref();
    }

    private static void requireMedium(Call call, Map<String, Object> arguments) {
        boolean cd = arguments.get("type").equals("CD");
        boolean empty = (Boolean) arguments.get("empty");
        if (empty && !cd) {
            throw new XapiFailure("VBD_NOT_REMOVABLE_MEDIA", "in constructor");
        }
        if (cd && !arguments.get("mode").equals("RO")) {
            throw new XapiFailure("VBD_CDS_MUST_BE_READONLY");
        }
        if (empty || Database.isNull((String) arguments.get("VDI"))) {
            return;
        }
        var vdi = call.database().get("VDI", (String) arguments.get("VDI"));
        if (!DISK_TYPES.contains(vdi.text("type"))) {
            throw new XapiFailure("VDI_INCOMPATIBLE_TYPE", vdi.ref(), vdi.text("type"));
        }
        if (vdi.flag("read_only") && arguments.get("mode").equals("RW")) {
            throw new XapiFailure("VDI_READONLY", vdi.ref());
        }
    }

    private static String position(Row vm, String asked) {
        var taken = vm.followAll("VBDs").stream().map(vbd -> vbd.text("userdevice")).toList();
        if (asked.equals("autodetect")) {
            int position = 0;
            while (taken.contains(Integer.toString(position))) {
                position++;
            }
            return Integer.toString(position);
        }
        var position = asked.matches("(xvd|hd|sd)[a-z]") ? Integer.toString(asked.charAt(asked.length() - 1) - 'a') : asked;
        if (!position.matches("[0-9]{1,3}") || Integer.parseInt(position) > MOST_POSITIONS) {
            throw new XapiFailure("INVALID_DEVICE", asked);
        }
        if (taken.contains(position)) {
            throw new XapiFailure("DEVICE_ALREADY_EXISTS", position);
        }
        return position;
    }

    private static Object destroyDrive(Call call) {
        if (call.row(0).flag("currently_attached")) {
            throw new XapiFailure("OPERATION_NOT_ALLOWED", "VBD '%s' still attached to '%s'"
                    .formatted(call.row(0).uuid(), call.row(0).follow("VM").uuid()));
        }
        call.database().delete(call.row(0));
        return null;
    }

    private static Object plug(Call call) {
        var vbd = call.row(0);
        if (vbd.flag("currently_attached")) {
            throw new XapiFailure("DEVICE_ALREADY_ATTACHED", vbd.ref());
        }
        var vm = vbd.follow("VM");
        if (!vm.text("power_state").equals("Running")) {
            throw Operations.badPowerState(vm, "Running");
        }
        if (!vm.flag("is_control_domain")) {
            requirePluggable(vbd);
        }
        call.pool().power().attach(vbd, true);
        return null;
    }

    /// @throws XapiFailure `VDI_IN_USE` if one of the two, this drive or another one that has the disk, would write it
    static void requirePluggable(Row vbd) {
        var vdi = vbd.follow("VDI");
        if (vdi == null) {
            return;
        }
        if (vbd.text("mode").equals("RW")) {
            Operations.requireDetached(vdi, "attach");
        } else {
            Operations.requireNoWriter(vdi, "attach");
        }
    }

    private static Object unplug(Call call) {
        if (!call.row(0).flag("currently_attached")) {
            throw new XapiFailure("DEVICE_ALREADY_DETACHED", call.row(0).ref());
        }
        call.row(0).set("currently_attached", false);
        return null;
    }

    private static Object eject(Call call) {
        requireRemovable(call.row(0));
        if (call.row(0).flag("empty")) {
            throw new XapiFailure("VBD_IS_EMPTY", call.row(0).ref());
        }
        call.row(0).set("VDI", Type.NULL_REF).set("empty", true).set("currently_attached", false);
        return null;
    }

    private static Object insert(Call call) {
        requireRemovable(call.row(0));
        if (!call.row(0).flag("empty")) {
            throw new XapiFailure("VBD_NOT_EMPTY", call.row(0).ref());
        }
        call.row(0).set("VDI", call.row(1).ref()).set("empty", false);
        return null;
    }

    private static void requireRemovable(Row vbd) {
        if (!vbd.text("type").equals("CD")) {
            throw new XapiFailure("VBD_NOT_REMOVABLE_MEDIA", vbd.ref());
        }
    }

    private static Object createCard(Call call) {
        var arguments = new LinkedHashMap<>(Constructor.arguments(call.database().schema(), "VIF", call.map(0)));
        var vm = call.database().get("VM", (String) arguments.get("VM"));
        call.database().get("network", (String) arguments.get("network"));
        var device = (String) arguments.get("device");
        if (vm.followAll("VIFs").stream().anyMatch(vif -> vif.text("device").equals(device))) {
            throw new XapiFailure("DEVICE_ALREADY_EXISTS", device);
        }
        if (!device.matches("[0-6]")) {
            throw new XapiFailure("INVALID_DEVICE", device);
        }
        if ("locked".equals(arguments.get("locking_mode"))) {
            call.pool().requireLicence("restrict_vif_locking", "VIFLock");
        }
        setMac(arguments, vm, device);
        return call.database().create("VIF", arguments).ref();
    }

    private static void setMac(Map<String, Object> arguments, Row vm, String device) {
        var mac = (String) arguments.get("MAC");
        var seed = vm.map("other_config").get("mac_seed");
        if (mac.isEmpty() && seed != null) {
            arguments.put("MAC", MacAddress.derive(seed, device));
            arguments.put("MAC_autogenerated", true);
        } else if (!MacAddress.isValid(mac)) {
            throw new XapiFailure("MAC_INVALID", mac);
        }
    }

    private static Object destroyCard(Call call) {
        call.database().delete(call.row(0));
        return null;
    }

    private static Object setCard(Call call, String field, Object value) {
        call.row(0).set(field, value);
        return null;
    }

    private static Object createTpm(Call call) {
        var vm = call.row(0);
        if (!call.pool().version().hasVtpm()) {
            throw new XapiFailure("MESSAGE_METHOD_UNKNOWN", "VTPM.create");
        }
        if (call.pool().isRestricted("restrict_vtpm")) {
            throw new XapiFailure("FEATURE_RESTRICTED");
        }
        if (!vm.texts("VTPMs").isEmpty()) {
            throw new XapiFailure("VTPM_MAX_AMOUNT_REACHED", "1");
        }
        return call.database().create("VTPM", Map.of("VM", vm.ref(), "is_unique", call.flag(1))).ref();
    }
}
