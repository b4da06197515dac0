package io.xenolith.source.vm.restore;

import io.xenolith.source.vm.description.OvaDocument;
import io.xenolith.source.vm.description.OvaObject;
import io.xenolith.source.xapi.records.Network;
import io.xenolith.source.xapi.records.Vm;
import io.xenolith.source.xmlvalue.XmlValue;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Finds a network for each card, and sees to it that no address is there twice.
final class CardChoice {
    private static final long USUAL_MTU = 1500;

    private final PoolState pool;
    private final RestoreRequest request;
    private final Optional<Vm> replaced;
    private final List<String> problems;
    private final List<String> notes;

    /// @param replaced the VM whose addresses will be free
    CardChoice(PoolState pool, RestoreRequest request, Optional<Vm> replaced, List<String> problems, List<String> notes) {
        this.pool = pool;
        this.request = request;
        this.replaced = replaced;
        this.problems = problems;
        this.notes = notes;
    }

    List<RestorePlan.Card> choose(OvaDocument ova) {
        var cards = new ArrayList<RestorePlan.Card>();
        for (var vif : ova.all("VIF")) {
            var old = ova.object("network", vif.text("network"));
            var network = old.flatMap(this::network);
            if (network.isPresent()) {
                cards.add(card(vif, network.get()));
                noteMove(vif, old.get(), network.get());
            } else {
                leaveOut(vif, old.map(found -> found.text("name_label")).orElse("one that the restore point does not name"));
            }
        }
        return cards;
    }

    private Optional<Network> network(OvaObject old) {
        var uuid = old.text("uuid");
        var name = old.text("name_label");
        var wanted = Optional.ofNullable(request.cards().networks().get(uuid))
                .or(() -> Optional.ofNullable(request.cards().networks().get(name)));
        if (wanted.isPresent()) {
            return only(wanted.get());
        }
        return pool.networks().stream().filter(network -> network.uuid().equals(uuid)).findFirst()
                .or(() -> single(pool.networks().stream().filter(network -> network.name().equals(name)).toList()))
                .or(() -> pool.networks().stream().filter(network -> !network.bridge().isEmpty()
                        && network.bridge().equals(old.text("bridge"))).findFirst());
    }

    private Optional<Network> only(String uuidOrName) {
        var found = pool.networks(uuidOrName);
        if (found.size() != 1) {
            problems.add(found.isEmpty() ? "the pool has no network '%s'".formatted(uuidOrName)
                    : "%d networks are called '%s'; give a uuid".formatted(found.size(), uuidOrName));
        }
        return single(found);
    }

    private static Optional<Network> single(List<Network> found) {
        return found.size() == 1 ? Optional.of(found.getFirst()) : Optional.empty();
    }

    private RestorePlan.Card card(OvaObject vif, Network network) {
        boolean keeps = request.keepsIdentity() || request.cards().keepMacs();
        var mac = keeps ? vif.text("MAC") : "";
        if (!mac.isEmpty()) {
            requireFree(mac);
        }
        long mtu = vif.number("MTU");
        noteLocking(vif);
        return new RestorePlan.Card(vif.text("device"), mac, mtu > 0 ? mtu : USUAL_MTU,
                texts(vif.map("other_config")), network);
    }

    private void requireFree(String mac) {
        for (var other : pool.vifs()) {
            var owner = pool.vm(other.vm()).filter(vm -> !vm.isSnapshot())
                    .filter(vm -> replaced.isEmpty() || !vm.ref().equals(replaced.get().ref()));
            if (other.mac().equalsIgnoreCase(mac) && owner.isPresent()) {
                problems.add("the MAC address %s is that of '%s'; restore with new addresses"
                        .formatted(mac, owner.get().name()));
            }
        }
    }

    private void noteLocking(OvaObject vif) {
        if (!List.of("", "network_default").contains(vif.text("locking_mode"))) {
            notes.add("network card %s was locked (%s), and is not any more"
                    .formatted(vif.text("device"), vif.text("locking_mode")));
        }
    }

    private void noteMove(OvaObject vif, OvaObject old, Network network) {
        if (!network.uuid().equals(old.text("uuid"))) {
            notes.add("network card %s is on the network '%s', and was on '%s'"
                    .formatted(vif.text("device"), network.name(), old.text("name_label")));
        }
    }

    private void leaveOut(OvaObject vif, String network) {
        if (request.cards().leaveOut()) {
            notes.add("network card %s is left out, the pool has no network '%s'".formatted(vif.text("device"), network));
        } else {
            problems.add("the pool has no network '%s' for card %s; map it to another one, or leave the card out"
                    .formatted(network, vif.text("device")));
        }
    }

    private static Map<String, String> texts(Map<String, XmlValue> entries) {
        var texts = new LinkedHashMap<String, String>();
        entries.forEach((name, value) -> value.asText().ifPresent(text -> texts.put(name, text)));
        return texts;
    }
}
