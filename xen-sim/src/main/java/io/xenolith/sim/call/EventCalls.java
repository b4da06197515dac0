package io.xenolith.sim.call;

import io.xenolith.sim.model.Database;
import io.xenolith.sim.model.Row;
import io.xenolith.sim.pool.Role;
import io.xenolith.sim.rpc.XapiFailure;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// `event.from`: what changed since a token. A token is two decimals of 20 digits, so that tokens compare as text; the
/// second one is the number of the last change.
final class EventCalls {
    private static final String TOKEN = "%020d,%020d";

    private EventCalls() {}

    static void define(Methods methods) {
        methods.defineSync(Role.READ_ONLY, "event.from", "set string, string, float", EventCalls::from);
        methods.defineSync(Role.READ_ONLY, "event.inject", "string, string", call -> {
            var row = call.database().get(realName(call.database(), call.text(0)), call.text(1));
            row.set("uuid", row.uuid()); // a change that changes nothing
            return token(call.database());
        });
    }

    /// What a client wants to hear of: a class, or one object of it.
    private record Interest(String cls, String ref) {
        boolean covers(String ofCls, String ofRef) {
            return cls.equals(ofCls) && (ref == null || ref.equals(ofRef));
        }
    }

    private static Object from(Call call) throws InterruptedException {
        var database = call.database();
        var interests = interests(database, call.texts(0));
        long since = since(call.text(1));
        long millis = (long) (call.decimal(2) * 1000);
        database.await(millis, () -> !events(database, interests, since).isEmpty());
        var counts = new LinkedHashMap<String, Object>();
        interests.forEach(interest ->
                counts.put(interest.cls().toLowerCase(Locale.ROOT), database.all(interest.cls()).size()));
        return Map.of("events", events(database, interests, since), "valid_ref_counts", counts, "token", token(database));
    }

    private static List<Interest> interests(Database database, List<String> subscriptions) {
        var interests = new ArrayList<Interest>();
        for (var subscription : subscriptions) {
            int slash = subscription.indexOf('/');
            if (subscription.equals("*")) {
                database.schema().classes().forEach(cls -> interests.add(new Interest(cls, null)));
            } else if (slash < 0) {
                interests.add(new Interest(realName(database, subscription), null));
            } else {
                var cls = realName(database, subscription.substring(0, slash));
                interests.add(new Interest(cls, subscription.substring(slash + 1)));
            }
        }
        return interests;
    }

    private static String realName(Database database, String cls) {
        return database.schema().classes().stream().filter(cls::equalsIgnoreCase).findAny()
                .orElseThrow(() -> new XapiFailure("EVENT_SUBSCRIPTION_PARSE_FAILURE", cls));
    }

    private static long since(String token) {
        try {
            return token.isEmpty() ? 0 : Long.parseLong(token.substring(token.indexOf(',') + 1));
        } catch (NumberFormatException _) {
            throw new XapiFailure("EVENT_FROM_TOKEN_PARSE_FAILURE", token);
        }
    }

    private static String token(Database database) {
        return TOKEN.formatted(0, database.generation());
    }

    private static List<Object> events(Database database, List<Interest> interests, long since) {
        var events = new ArrayList<>();
        for (var interest : interests) {
            for (var row : database.changedSince(interest.cls(), since)) {
                if (interest.covers(row.cls(), row.ref())) {
                    events.add(event(events.size(), row, database.isNewSince(row, since) ? "add" : "mod"));
                }
            }
        }
        for (var gone : since == 0 ? List.<Database.Deletion>of() : database.deletedSince(since)) {
            if (interests.stream().anyMatch(interest -> interest.covers(gone.cls(), gone.ref()))) {
                events.add(event(events.size(), gone.cls(), gone.ref(), "del"));
            }
        }
        return events;
    }

    private static Map<String, Object> event(int id, Row row, String operation) {
        var event = event(id, row.cls(), row.ref(), operation);
        event.put("snapshot", row.asRecord());
        return event;
    }

    private static Map<String, Object> event(int id, String cls, String ref, String operation) {
        var event = new LinkedHashMap<String, Object>();
        event.put("id", Integer.toString(id));
        event.put("timestamp", "0.0");
        event.put("class", cls.toLowerCase(Locale.ROOT));
        event.put("operation", operation);
        event.put("ref", ref);
        return event;
    }
}
