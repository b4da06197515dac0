package io.xenolith.source.xapi;

import io.xenolith.source.xapi.records.RawRecord;
import java.io.IOException;

/// Where a disk is served by NBD.
///
/// @param exportName holds the session: secret, and good for as long as the session lives
/// @param address an IP address; hosts serve IPv4 only, and list IPv6 as well
/// @param certificate PEM, exactly what the server shows
/// @param subject the name to expect in it
public record NbdInfo(String exportName, String address, int port, String certificate, String subject) {

    static NbdInfo of(RawRecord raw) throws IOException {
        return new NbdInfo(raw.text("exportname"), raw.text("address"), Math.toIntExact(raw.number("port")),
                raw.text("cert"), raw.text("subject"));
    }

    public boolean isIpv6() {
        return address.contains(":");
    }

    @Override
    public String toString() {
        return "nbd://%s:%d".formatted(address, port);
    }
}
