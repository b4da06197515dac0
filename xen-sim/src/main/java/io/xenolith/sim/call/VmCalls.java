package io.xenolith.sim.call;

import io.xenolith.sim.model.Row;
import io.xenolith.sim.pool.Operations;
import io.xenolith.sim.pool.Role;
import io.xenolith.sim.rpc.XapiFailure;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;

/// VMs: making and destroying them, and their power.
final class VmCalls {
    private static final int MOST_VBDS = 255;
    private static final int MOST_VIFS = 7;

    private VmCalls() {}

    static void define(Methods methods) {
        methods.define(Role.VM_ADMIN, "VM.create", "record", VmCalls::create);
        methods.define(Role.VM_ADMIN, "VM.destroy", "ref VM", VmCalls::destroy);
        methods.define(Role.VM_POWER_ADMIN, "VM.snapshot", "ref VM, string, ?set ref VDI", VmCopies::snapshot);
        methods.define(Role.VM_POWER_ADMIN, "VM.snapshot_with_quiesce", "ref VM, string", VmCopies::quiescedSnapshot);
        methods.define(Role.VM_POWER_ADMIN, "VM.checkpoint", "ref VM, string", VmCopies::checkpoint);
        methods.define(Role.VM_POWER_ADMIN, "VM.revert", "ref VM", VmCopies::revert);
        methods.define(Role.VM_ADMIN, "VM.clone", "ref VM, string", VmCopies::cloneOf);
        methods.define(Role.VM_ADMIN, "VM.copy", "ref VM, string, ?ref SR", VmCopies::fullCopy);
        methods.define(Role.VM_ADMIN, "VM.provision", "ref VM", VmCalls::provision);
        definePower(methods);
        defineSettings(methods);
    }

    private static void definePower(Methods methods) {
        methods.define(Role.VM_OPERATOR, "VM.start", "ref VM, bool, bool", call -> start(call, call.flag(1)));
        methods.define(Role.VM_OPERATOR, "VM.start_on", "ref VM, ref host, bool, bool", call -> start(call, call.flag(2)));
        methods.define(Role.VM_OPERATOR, "VM.shutdown", "ref VM", call -> power(call, "clean_shutdown", "Halted"));
        methods.define(Role.VM_OPERATOR, "VM.clean_shutdown", "ref VM", call -> power(call, "clean_shutdown", "Halted"));
        methods.define(Role.VM_OPERATOR, "VM.hard_shutdown", "ref VM", call -> power(call, "hard_shutdown", "Halted"));
        methods.define(Role.VM_OPERATOR, "VM.clean_reboot", "ref VM", call -> power(call, "clean_reboot", "Running"));
        methods.define(Role.VM_OPERATOR, "VM.suspend", "ref VM", VmCalls::suspend);
        methods.define(Role.VM_OPERATOR, "VM.resume", "ref VM, bool, bool", VmCalls::resume);
        methods.define(Role.VM_OPERATOR, "VM.pause", "ref VM", call -> power(call, "pause", "Paused"));
        methods.define(Role.VM_OPERATOR, "VM.unpause", "ref VM", call -> power(call, "unpause", "Running"));
    }

    private static void defineSettings(Methods methods) {
        methods.define(Role.READ_ONLY, "VM.update_allowed_operations", "ref VM", call -> {
            call.row(0).set("allowed_operations", Operations.allowed(call.row(0)));
            return null;
        });
        methods.defineSync(Role.READ_ONLY, "VM.get_allowed_VBD_devices", "ref VM",
                call -> free(call.row(0).followAll("VBDs"), "userdevice", MOST_VBDS));
        methods.defineSync(Role.READ_ONLY, "VM.get_allowed_VIF_devices", "ref VM",
                call -> free(call.row(0).followAll("VIFs"), "device", MOST_VIFS));
        methods.define(Role.VM_ADMIN, "VM.set_memory_limits", "ref VM, int, int, int, int", VmCalls::setMemoryLimits);
        methods.defineSync(Role.VM_ADMIN, "VM.set_bios_strings", "ref VM, map string", VmCalls::setBiosStrings);
        methods.defineSync(Role.VM_ADMIN, "VM.set_NVRAM", "ref VM, map string", call -> {
            requireHalted(call.row(0));
            call.row(0).set("NVRAM", call.map(1));
            return null;
        });
        methods.defineSync(Role.VM_ADMIN, "VM.add_to_NVRAM", "ref VM, string, string", call -> {
            requireHalted(call.row(0));
            call.row(0).put("NVRAM", call.text(1), call.text(2));
            return null;
        });
    }

    private static void requireHalted(Row vm) {
        if (!vm.text("power_state").equals("Halted")) {
            throw Operations.badPowerState(vm, "Halted");
        }
    }

    private static Object create(Call call) {
        var arguments = new LinkedHashMap<>(Constructor.arguments(call.database().schema(), "VM", call.map(0)));
        requireOrder(arguments);
        arguments.remove("blocked_operations"); // the constructor does not look at it
        var otherConfig = new LinkedHashMap<Object, Object>((Map<?, ?>) arguments.get("other_config"));
        otherConfig.putIfAbsent("mac_seed", UUID.randomUUID().toString());
        arguments.put("other_config", otherConfig);
        if (!"Suspended".equals(arguments.get("power_state"))) {
            arguments.put("power_state", "Halted");
        }
        arguments.put("metrics", call.database().create("VM_metrics", Map.of()).ref());
        var vm = call.database().create("VM", arguments);
        vm.set("allowed_operations", Operations.allowed(vm));
        return vm.ref();
    }

    private static void requireOrder(Map<String, Object> limits) {
        requireOrder((Long) limits.get("memory_static_min"), (Long) limits.get("memory_dynamic_min"),
                (Long) limits.get("memory_dynamic_max"), (Long) limits.get("memory_static_max"));
    }

    private static void requireOrder(long staticMin, long dynamicMin, long dynamicMax, long staticMax) {
        if (staticMin > dynamicMin || dynamicMin > dynamicMax || dynamicMax > staticMax) {
            throw new XapiFailure("MEMORY_CONSTRAINT_VIOLATION_ORDER");
        }
    }

    private static Object setMemoryLimits(Call call) {
        requireHalted(call.row(0));
        requireOrder(call.number(1), call.number(3), call.number(4), call.number(2));
        call.row(0).set("memory_static_min", call.number(1)).set("memory_static_max", call.number(2))
                .set("memory_dynamic_min", call.number(3)).set("memory_dynamic_max", call.number(4));
        return null;
    }

    private static Object setBiosStrings(Call call) {
        if (!call.row(0).map("bios_strings").isEmpty()) {
            throw new XapiFailure("VM_BIOS_STRINGS_ALREADY_SET");
        }
        call.row(0).set("bios_strings", call.map(1));
        return null;
    }

    /// Removes the VM with its devices; disks stay.
    private static Object destroy(Call call) throws InterruptedException {
        var vm = call.row(0);
        if (vm.flag("is_default_template")) {
            throw new XapiFailure("VM_CANNOT_DELETE_DEFAULT_TEMPLATE", vm.ref());
        }
        try (var _ = call.pool().operations().beginOnVm(vm, "destroy", call.operationRef())) {
            remove(call, vm);
        }
        return null;
    }

    static void remove(Call call, Row vm) {
        for (var devices : List.of("VBDs", "VIFs", "VTPMs")) {
            vm.followAll(devices).forEach(call.database()::delete);
        }
        var parent = vm.text("parent");
        vm.followAll("children").forEach(child -> child.set("parent", parent));
        if (vm.follow("metrics") != null) {
            call.database().delete(vm.follow("metrics"));
        }
        call.database().delete(vm);
    }

    private static Object provision(Call call) throws InterruptedException {
        var vm = call.row(0);
        if (!vm.flag("is_a_template")) {
            throw new XapiFailure("PROVISION_ONLY_ALLOWED_ON_TEMPLATE");
        }
        try (var _ = call.pool().operations().beginOnVm(vm, "provision", call.operationRef())) {
            vm.set("is_a_template", false);
        }
        return null;
    }

    private static Object start(Call call, boolean paused) throws InterruptedException {
        call.row(0).followAll("VBDs").stream().filter(vbd -> !vbd.flag("empty")).forEach(DeviceCalls::requirePluggable);
        return power(call, "start", paused ? "Paused" : "Running");
    }

    private static Object suspend(Call call) throws InterruptedException, IOException {
        power(call, "suspend", "Suspended");
        var memory = call.pool().storage().create(call.pool().row().follow("default_SR"), 4 << 20,
                Map.of("name_label", "Suspend image", "type", "suspend"));
        call.row(0).set("suspend_VDI", memory.ref());
        return null;
    }

    private static Object resume(Call call) throws InterruptedException, IOException {
        power(call, "resume", call.flag(1) ? "Paused" : "Running");
        var memory = call.row(0).follow("suspend_VDI");
        if (memory != null) {
            call.row(0).set("suspend_VDI", "OpaqueRef:NULL");
            call.pool().storage().destroy(memory);
        }
        return null;
    }

    private static Object power(Call call, String operation, String state) throws InterruptedException {
        var vm = call.row(0);
        try (var _ = call.pool().operations().beginOnVm(vm, operation, call.operationRef())) {
            call.pool().power().enter(vm, state);
        }
        vm.set("allowed_operations", Operations.allowed(vm));
        return null;
    }

    private static List<String> free(List<Row> devices, String field, int most) {
        var taken = devices.stream().map(row -> row.text(field)).toList();
        return IntStream.range(0, most).mapToObj(Integer::toString).filter(position -> !taken.contains(position)).toList();
    }
}
