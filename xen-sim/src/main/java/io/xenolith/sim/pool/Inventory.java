package io.xenolith.sim.pool;

import io.xenolith.sim.XenVersion;
import io.xenolith.sim.http.ServerIdentity;
import io.xenolith.sim.model.Row;
import java.io.IOException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/// Furnishes a new pool with what a fresh installation has: hosts with control domains, a management network, local
/// storage, an ISO library, templates. Under the database's lock.
public final class Inventory {
    /// Licence flags that exist on every pool; those of the settings are on, the others off.
    private static final List<String> FLAGS = List.of("restrict_cbt", "restrict_checkpoint", "restrict_vss",
            "restrict_storage_xen_motion", "restrict_xen_motion", "restrict_vif_locking", "restrict_zstd_export",
            "restrict_rbac", "restrict_ad", "restrict_dr", "restrict_gpu", "restrict_vgpu", "restrict_wlb", "restrict_vtpm");
    private static final long LOCAL_BYTES = 64L << 30;
    private static final long ISO_BYTES = 8L << 30;
    private static final long GIB = 1L << 30;

    private final Pool pool;
    private Row network;

    private Inventory(Pool pool) {
        this.pool = pool;
    }

    /// Makes hosts at `addresses`, the first one the coordinator, and what belongs to them.
    public static void furnish(Pool pool, List<String> addresses) throws IOException {
        new Inventory(pool).furnish(addresses);
    }

    private void furnish(List<String> addresses) throws IOException {
        network = pool.database().create("network",
                Map.of("name_label", "Pool-wide network associated with eth0", "bridge", "xenbr0"));
        for (int i = 0; i < addresses.size(); i++) {
            pool.addHost(host(i + 1, addresses.get(i)));
        }
        var poolRow = pool.database().create("pool", Map.of("master", pool.master().row().ref(),
                "restrictions", restrictions(), "tls_verification_enabled", true));
        var local = pool.storage().addSr("Local storage", SrKind.EXT, LOCAL_BYTES, pool.hosts());
        poolRow.set("default_SR", local.ref());
        var library = pool.storage().addSr("ISO library", SrKind.ISO, ISO_BYTES, pool.hosts());
        pool.storage().create(library, 2 << 20, Map.of("name_label", "guest-tools.iso", "type", "user", "read_only", true));
        for (var role : Role.values()) {
            pool.database().create("role", Map.of("name_label", role.wireName()));
        }
        template("Other install media");
        template("Debian Bookworm 12");
    }

    private Map<String, String> restrictions() {
        var restrictions = new LinkedHashMap<String, String>();
        FLAGS.forEach(flag -> restrictions.put(flag, Boolean.toString(pool.isRestricted(flag))));
        return restrictions;
    }

    private Host host(int number, String address) {
        var database = pool.database();
        var version = pool.version();
        var name = "xen%02d".formatted(number);
        var metrics = database.create("host_metrics", Map.of("last_updated", Instant.now()));
        var values = new LinkedHashMap<String, Object>();
        values.put("name_label", name);
        values.put("hostname", name);
        values.put("address", address);
        values.put("API_version_major", (long) version.api().major());
        values.put("API_version_minor", (long) version.api().minor());
        values.put("software_version", softwareVersion(version, name));
        values.put("license_params", licence());
        values.put("edition", version.licensesFeatures() ? "enterprise-per-socket" : "xcp-ng");
        values.put("metrics", metrics.ref());
        var host = database.create("host", values);
        var dom0 = database.create("VM", Map.of("name_label", "Control domain on host: " + name, "is_control_domain", true,
                "power_state", "Running", "resident_on", host.ref(), "domid", 0L, "memory_static_max", GIB,
                "memory_dynamic_max", GIB, "memory_dynamic_min", GIB, "VCPUs_max", 2L, "VCPUs_at_startup", 2L));
        host.set("control_domain", dom0.ref());
        database.create("PIF", Map.of("device", "eth0", "network", network.ref(), "host", host.ref(),
                "MAC", "02:00:00:00:00:%02x".formatted(number), "IP", address, "netmask", "255.0.0.0",
                "management", true, "IPv6", List.of("fe80::%x/64".formatted(number))));
        return new Host(host, dom0, address, ServerIdentity.create(name + ".example", address));
    }

    private static Map<String, String> softwareVersion(XenVersion version, String hostname) {
        var software = new LinkedHashMap<String, String>();
        software.put("product_version", version.product());
        software.put("product_brand", version.brand());
        software.put("platform_version", "3.2.0");
        software.put("build_number", "sim");
        software.put("hostname", hostname);
        software.put("date", "2024-05-14");
        software.put("xapi", version.xapiMajor() + "." + version.xapiMinor());
        return software;
    }

    private Map<String, String> licence() {
        var licence = restrictions();
        licence.put("expiry", "20991231T00:00:00Z");
        return licence;
    }

    private void template(String name) {
        var template = new LinkedHashMap<String, Object>(vmDefaults(name));
        template.put("is_a_template", true);
        template.put("is_default_template", true);
        template.put("other_config", Map.of("default_template", "true", "mac_seed", UUID.randomUUID().toString()));
        pool.database().create("VM", template);
    }

    /// The fields of a small HVM guest.
    public static Map<String, Object> vmDefaults(String name) {
        var values = new LinkedHashMap<String, Object>();
        values.put("name_label", name);
        values.put("user_version", 1L);
        for (var limit : List.of("memory_static_max", "memory_dynamic_max", "memory_dynamic_min")) {
            values.put(limit, GIB);
        }
        values.put("memory_static_min", GIB / 4);
        values.put("VCPUs_max", 2L);
        values.put("VCPUs_at_startup", 2L);
        values.put("actions_after_shutdown", "destroy");
        values.put("actions_after_reboot", "restart");
        values.put("actions_after_crash", "restart");
        values.put("HVM_boot_policy", "BIOS order");
        values.put("HVM_boot_params", Map.of("order", "cd", "firmware", "bios"));
        values.put("platform", Map.of("device-model", "qemu-upstream-compat", "acpi", "1", "apic", "true", "pae", "true",
                "nx", "true", "viridian", "true"));
        values.put("domain_type", "hvm");
        values.put("other_config", Map.of("mac_seed", UUID.randomUUID().toString()));
        values.put("allowed_operations", List.of("start", "snapshot", "clone", "copy", "export", "destroy"));
        return values;
    }

    /// A small HVM guest with nothing but an empty CD drive.
    public static Row guest(Pool pool, String name) {
        var database = pool.database();
        var metrics = database.create("VM_metrics",
                Map.of("VCPUs_number", 2L, "memory_actual", GIB, "install_time", Instant.now()));
        var values = vmDefaults(name);
        values.put("metrics", metrics.ref());
        var vm = database.create("VM", values);
        database.create("VBD", Map.of("VM", vm.ref(), "userdevice", "3", "mode", "RO", "type", "CD", "empty", true));
        return vm;
    }

    /// The network that the hosts' management interfaces are on.
    public static Row managementNetwork(Pool pool) {
        return pool.database().all("PIF").stream().filter(pif -> pif.flag("management")).findFirst().orElseThrow()
                .follow("network");
    }
}
