package io.xenolith.source.vm.description;

import io.xenolith.source.xapi.records.Network;
import io.xenolith.source.xapi.records.RawRecord;
import io.xenolith.source.xapi.records.Ref;
import io.xenolith.source.xapi.records.Sr;
import io.xenolith.source.xapi.records.Vbd;
import io.xenolith.source.xapi.records.Vdi;
import io.xenolith.source.xapi.records.Vif;
import io.xenolith.source.xapi.records.Vm;
import io.xenolith.source.xapi.records.VmGuestMetrics;
import io.xenolith.source.xapi.records.Vtpm;
import io.xenolith.source.xapi.records.XapiClass;
import io.xenolith.source.xapi.rpc.Value;
import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/// A [VmDescription] as JSON. Keys that are not in this table are passed over.
///
/// | key       | value                                                                                              |
/// |-----------|----------------------------------------------------------------------------------------------------|
/// | `version` | 1                                                                                                  |
/// | `product` | of the coordinator, such as `XCP-ng 8.2.1`                                                         |
/// | `xapi`    | the version of its toolstack, such as `1.20`                                                       |
/// | `vm`      | reference of the VM, which is among the objects                                                    |
/// | `objects` | array of `{"class", "ref", "record"}`: the record's fields by name, times as `2024-01-31T23:59:58Z` |
/// | `disks`   | by name in the restore point: reference of the disk's VBD, which is among the objects              |
final class VmJson {
    private static final int VERSION = 1;
    private static final int MAX_BYTES = 64 << 20; // as much as a host's own description of a VM may have
    private static final int MAX_OBJECTS = 10_000; // a VM has 255 drives and 7 cards at most

    private static final JsonMapper JSON = JsonMapper
            .builder(JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build())
            .enable(DeserializationFeature.USE_LONG_FOR_INTS)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private final Map<String, List<Value>> byClass = new LinkedHashMap<>();

    private VmJson() {
    }

    static byte[] encode(VmDescription vm) {
        var objects = new ArrayList<Map<String, Object>>();
        objects.add(object(Vm.CLASS, vm.vm().ref(), vm.vm().raw()));
        vm.vbds().forEach(vbd -> objects.add(object(Vbd.CLASS, vbd.ref(), vbd.raw())));
        vm.vifs().forEach(vif -> objects.add(object(Vif.CLASS, vif.ref(), vif.raw())));
        vm.vtpms().forEach(vtpm -> objects.add(object(Vtpm.CLASS, vtpm.ref(), vtpm.raw())));
        vm.vdis().forEach(vdi -> objects.add(object(Vdi.CLASS, vdi.ref(), vdi.raw())));
        vm.networks().forEach(network -> objects.add(object(Network.CLASS, network.ref(), network.raw())));
        vm.storages().forEach(sr -> objects.add(object(Sr.CLASS, sr.ref(), sr.raw())));
        vm.guestMetrics().ifPresent(found -> objects.add(object(VmGuestMetrics.CLASS, found.ref(), found.raw())));
        var disks = new LinkedHashMap<String, String>();
        vm.disks().forEach((name, ref) -> disks.put(name, ref.value()));
        var document = new LinkedHashMap<String, Object>();
        document.put("version", VERSION);
        document.put("product", vm.product());
        document.put("xapi", vm.toolstack().toString());
        document.put("vm", vm.vm().ref().value());
        document.put("objects", objects);
        document.put("disks", disks);
        return JSON.writeValueAsBytes(document);
    }

    private static <T> Map<String, Object> object(XapiClass<T> type, Ref<T> ref, RawRecord record) {
        var object = new LinkedHashMap<String, Object>();
        object.put("class", type.name());
        object.put("ref", ref.value());
        object.put("record", written(record.fields()));
        return object;
    }

    private static Object written(Object value) {
        return switch (value) {
            case Instant time -> time.truncatedTo(ChronoUnit.SECONDS).toString();
            case List<?> items -> items.stream().map(VmJson::written).toList();
            case Map<?, ?> members -> {
                var written = new LinkedHashMap<String, Object>();
                members.forEach((name, member) -> written.put(name.toString(), written(member)));
                yield written;
            }
            default -> value;
        };
    }

    static VmDescription decode(byte[] json) throws VmDescriptionException {
        if (json.length > MAX_BYTES) {
            throw new VmDescriptionException("a description of a VM of %d bytes; at most %d are read"
                    .formatted(json.length, MAX_BYTES));
        }
        try {
            return new VmJson().read(new Value(read(JSON.readValue(json, Object.class)), "vm.json").members());
        } catch (VmDescriptionException e) {
            throw e;
        } catch (IOException | JacksonException e) {
            throw new VmDescriptionException("the description of the VM is damaged: " + e.getMessage(), e);
        }
    }

    /// What only JSON has stands for nothing in a record.
    private static Object read(Object value) throws VmDescriptionException {
        return switch (value) {
            case Map<?, ?> members -> {
                var read = new LinkedHashMap<String, Object>();
                for (var member : members.entrySet()) {
                    read.put(member.getKey().toString(), read(member.getValue()));
                }
                yield read;
            }
            case List<?> items -> {
                var read = new ArrayList<Object>();
                for (var item : items) {
                    read.add(read(item));
                }
                yield read;
            }
            case String _, Long _, Boolean _, Double _ -> value;
            case null, default -> throw new VmDescriptionException("the description of the VM is damaged: %s"
                    .formatted(value == null ? "a null" : "a number beyond bounds"));
        };
    }

    private VmDescription read(Map<String, Value> document) throws IOException {
        long version = member(document, "version").number();
        if (version != VERSION) {
            throw new VmDescriptionException("the description of the VM has version %d, this program reads version %d; "
                    .formatted(version, VERSION) + "restore with a newer one, or without the description");
        }
        var objects = member(document, "objects").list();
        if (objects.size() > MAX_OBJECTS) {
            throw new VmDescriptionException("a description of %d objects; at most %d are read"
                    .formatted(objects.size(), MAX_OBJECTS));
        }
        for (var object : objects) {
            byClass.computeIfAbsent(member(object.members(), "class").text(), _ -> new ArrayList<>()).add(object);
        }
        var vm = vm(new Ref<>(member(document, "vm").text()));
        var vbds = all(Vbd.CLASS);
        return new VmDescription(member(document, "product").text(), toolstack(member(document, "xapi").text()), vm,
                vbds, all(Vif.CLASS), all(Vtpm.CLASS), all(Vdi.CLASS), all(Network.CLASS), all(Sr.CLASS),
                guestMetrics(), disks(member(document, "disks").members(), vbds));
    }

    private static ToolstackVersion toolstack(String text) throws VmDescriptionException {
        return ToolstackVersion.parse(text)
                .orElseThrow(() -> new VmDescriptionException("'%s' is no version of a toolstack".formatted(text)));
    }

    private Vm vm(Ref<Vm> ref) throws IOException {
        return all(Vm.CLASS).stream().filter(vm -> vm.ref().equals(ref)).findFirst()
                .orElseThrow(() -> new VmDescriptionException("the description has no VM %s".formatted(ref)));
    }

    private Optional<VmGuestMetrics> guestMetrics() throws IOException {
        return all(VmGuestMetrics.CLASS).stream().findFirst();
    }

    private static Map<String, Ref<Vbd>> disks(Map<String, Value> refs, List<Vbd> vbds) throws IOException {
        var disks = new LinkedHashMap<String, Ref<Vbd>>();
        for (var entry : refs.entrySet()) {
            var ref = new Ref<Vbd>(entry.getValue().text());
            if (vbds.stream().noneMatch(vbd -> vbd.ref().equals(ref))) {
                throw new VmDescriptionException("the description has no drive %s, where disk '%s' was"
                        .formatted(ref, entry.getKey()));
            }
            disks.put(entry.getKey(), ref);
        }
        return disks;
    }

    private <T> List<T> all(XapiClass<T> type) throws IOException {
        var all = new ArrayList<T>();
        for (var object : byClass.getOrDefault(type.name(), List.of())) {
            var members = object.members();
            all.add(type.read(new Ref<>(member(members, "ref").text()), member(members, "record")));
        }
        return all;
    }

    private static Value member(Map<String, Value> object, String name) throws VmDescriptionException {
        var value = object.get(name);
        if (value == null) {
            throw new VmDescriptionException("the description of the VM is damaged: no '%s'".formatted(name));
        }
        return value;
    }
}
