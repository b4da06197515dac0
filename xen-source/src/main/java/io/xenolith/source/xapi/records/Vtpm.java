package io.xenolith.source.xapi.records;

import java.io.IOException;

/// A VM's virtual TPM. Its content is not readable through the API; only an export of the VM carries it.
public record Vtpm(Ref<Vtpm> ref, String uuid, Ref<Vm> vm, boolean isUnique, RawRecord raw) {
    public static final XapiClass<Vtpm> CLASS = new XapiClass<>("VTPM", Vtpm::read);

    private static Vtpm read(Ref<Vtpm> ref, RawRecord raw) throws IOException {
        return new Vtpm(ref, raw.text("uuid"), raw.ref("VM"), raw.flag("is_unique", false), raw);
    }
}
