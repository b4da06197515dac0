package io.xenolith.source.xapi.records;

/// What a VM is doing.
public enum PowerState {
    HALTED, PAUSED, RUNNING, SUSPENDED, OTHER;

    static PowerState of(String text) {
        return switch (text) {
            case "Halted" -> HALTED;
            case "Paused" -> PAUSED;
            case "Running" -> RUNNING;
            case "Suspended" -> SUSPENDED;
            default -> OTHER;
        };
    }
}
