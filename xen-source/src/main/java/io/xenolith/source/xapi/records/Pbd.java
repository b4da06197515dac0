package io.xenolith.source.xapi.records;

import java.io.IOException;

/// A storage repository at one host.
public record Pbd(Ref<Pbd> ref, String uuid, Ref<Host> host, Ref<Sr> sr, boolean attached, RawRecord raw) {
    public static final XapiClass<Pbd> CLASS = new XapiClass<>("PBD", Pbd::read);

    private static Pbd read(Ref<Pbd> ref, RawRecord raw) throws IOException {
        return new Pbd(ref, raw.text("uuid"), raw.ref("host"), raw.ref("SR"), raw.flag("currently_attached"), raw);
    }
}
