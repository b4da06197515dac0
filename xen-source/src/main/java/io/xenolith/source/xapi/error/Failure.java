package io.xenolith.source.xapi.error;

import java.util.List;

/// A failed call as the host told of it, freed of what nobody may read.
record Failure(String call, String code, List<String> parameters) {
    private static final int QUOTED_CHARACTERS = 300;

    static Failure of(String call, List<String> description) {
        if (description.isEmpty()) {
            return new Failure(call, "INTERNAL_ERROR", List.of("the host gave no reason"));
        }
        var code = description.getFirst();
        var parameters = description.subList(1, description.size());
        boolean tellsSession = code.startsWith("SESSION_")
                || code.equals("HANDLE_INVALID") && parameters.contains("session");
        return new Failure(call, code, tellsSession ? parameters.stream().map(Failure::withoutRef).toList()
                : List.copyOf(parameters));
    }

    /// Parameter `index`, or nothing where the host sent fewer.
    String parameter(int index) {
        return index < parameters.size() ? parameters.get(index) : "";
    }

    private static String withoutRef(String parameter) {
        return parameter.startsWith("OpaqueRef:") ? "(session)" : parameter;
    }

    @Override
    public String toString() {
        var told = String.join(", ", parameters.stream().filter(p -> !p.isBlank()).toList());
        var quoted = told.length() > QUOTED_CHARACTERS ? told.substring(0, QUOTED_CHARACTERS) + "…" : told;
        return quoted.isEmpty() ? call + ": " + code : "%s: %s [%s]".formatted(call, code, quoted);
    }
}
