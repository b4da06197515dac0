package io.xenolith.source.xapi.records;

import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/// Something that a pool is doing or has done.
///
/// @param progress 0 to 1; also 1 of what failed
/// @param result a value in XML, empty until the task succeeds
/// @param errorInfo a code and its parameters, of a task that failed
public record Task(Ref<Task> ref, String uuid, String name, Instant created, Status status, double progress,
        String result, List<String> errorInfo, Map<String, String> otherConfig, RawRecord raw) {
    public static final XapiClass<Task> CLASS = new XapiClass<>("task", Task::read);

    public enum Status { PENDING, SUCCESS, FAILURE, CANCELLING, CANCELLED }

    private static Task read(Ref<Task> ref, RawRecord raw) throws IOException {
        return new Task(ref, raw.text("uuid", ""), raw.text("name_label", ""), raw.time("created", Instant.EPOCH),
                status(raw.text("status")), raw.real("progress"), raw.text("result", ""), raw.texts("error_info"),
                raw.map("other_config"), raw);
    }

    private static Status status(String text) {
        return switch (text) {
            case "success" -> Status.SUCCESS;
            case "failure" -> Status.FAILURE;
            case "cancelling" -> Status.CANCELLING;
            case "cancelled" -> Status.CANCELLED;
            default -> Status.PENDING;
        };
    }

    public boolean isOver() {
        return status == Status.SUCCESS || status == Status.FAILURE || status == Status.CANCELLED;
    }
}
