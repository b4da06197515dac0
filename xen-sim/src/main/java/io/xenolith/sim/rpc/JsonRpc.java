package io.xenolith.sim.rpc;

import io.xenolith.sim.model.Dates;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// JSON-RPC 1.0 and 2.0 as hosts speak them. The versions differ in how a failure looks: an array of code and parameters
/// in 1.0, an object with `message` and `data` in 2.0.
public final class JsonRpc {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private JsonRpc() {}

    /// A call together with what its answer has to repeat.
    public record Call(RpcRequest request, boolean version2, JsonNode id) {

        public byte[] success(Object value) {
            var answer = answer();
            answer.put("result", plain(value));
            if (!version2) {
                answer.put("error", null);
            }
            answer.put("id", id);
            return JSON.writeValueAsBytes(answer);
        }

        public byte[] failure(XapiFailure failure) {
            var answer = answer();
            if (version2) {
                answer.put("error", Map.of("code", 1, "message", failure.code(), "data", failure.parameters()));
            } else {
                answer.put("result", null);
                answer.put("error", failure.description());
            }
            answer.put("id", id);
            return JSON.writeValueAsBytes(answer);
        }

        private Map<String, Object> answer() {
            var answer = new LinkedHashMap<String, Object>();
            if (version2) {
                answer.put("jsonrpc", "2.0");
            }
            return answer;
        }
    }

    public static Call decode(byte[] body) throws MalformedRequestException {
        try {
            var root = JSON.readTree(body);
            if (!root.path("method").isString() || !root.has("id")) {
                throw new MalformedRequestException("a call needs 'method' and 'id'");
            }
            var arguments = new ArrayList<>();
            root.path("params").forEach(argument -> arguments.add(value(argument)));
            var request = new RpcRequest(root.get("method").stringValue(), arguments);
            return new Call(request, root.has("jsonrpc"), root.get("id"));
        } catch (JacksonException e) {
            throw new MalformedRequestException("the body is no JSON: " + e.getMessage(), e);
        }
    }

    private static Object value(JsonNode node) {
        if (node.isObject()) {
            var members = new LinkedHashMap<String, Object>();
            node.forEachEntry((name, member) -> members.put(name, value(member)));
            return members;
        }
        if (node.isArray()) {
            var elements = new ArrayList<>();
            node.forEach(element -> elements.add(value(element)));
            return elements;
        }
        if (node.isIntegralNumber()) {
            return node.longValue();
        }
        if (node.isNumber()) {
            return node.doubleValue();
        }
        return node.isBoolean() ? (Object) node.booleanValue() : node.isNull() ? "" : node.stringValue();
    }

    private static Object plain(Object value) {
        return switch (value) {
            case Instant time -> Dates.format(time);
            case List<?> list -> list.stream().map(JsonRpc::plain).toList();
            case Map<?, ?> map -> {
                var members = new LinkedHashMap<Object, Object>();
                map.forEach((key, member) -> members.put(key, plain(member)));
                yield members;
            }
            default -> value;
        };
    }
}
