package io.xenolith.sim.call;

import io.xenolith.sim.model.Row;
import io.xenolith.sim.pool.Host;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// `VDI.get_nbd_info`: where a disk can be read over NBD. One record for each address, IPv6 too though nobody listens there,
/// of each host that sees the disk's SR and has a network that may carry NBD.
final class NbdInfo {
    private NbdInfo() {}

    static Object of(Call call) {
        var vdi = call.row(0);
        VdiCalls.requireContent(vdi);
        var entries = new ArrayList<Map<String, Object>>();
        for (var host : call.pool().hosts()) {
            if (!call.pool().storage().sees(host, vdi.follow("SR"))) {
                continue;
            }
            for (var pif : host.row().followAll("PIFs")) {
                if (pif.flag("currently_attached") && !pif.follow("network").texts("purpose").isEmpty()) {
                    addresses(pif).forEach(address -> entries.add(entry(call, vdi, host, address)));
                }
            }
        }
        return entries;
    }

    private static List<String> addresses(Row pif) {
        var addresses = new ArrayList<>(pif.texts("IPv6"));
        addresses.addFirst(pif.text("IP"));
        return addresses;
    }

    private static Map<String, Object> entry(Call call, Row vdi, Host host, String address) {
        return Map.of("exportname", "/" + vdi.uuid() + "?session_id=" + call.session().ref(), "address", address,
                "port", (long) call.pool().nbdPort(host), "cert", host.identity().pem(),
                "subject", host.row().text("hostname") + ".example");
    }
}
