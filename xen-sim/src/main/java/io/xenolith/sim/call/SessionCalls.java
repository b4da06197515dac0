package io.xenolith.sim.call;

import io.xenolith.sim.pool.Role;
import io.xenolith.sim.rpc.XapiFailure;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// Logging in and out, and tasks.
final class SessionCalls {
    private static final List<String> STREAMS = List.of("http/get_export", "http/get_export_metadata",
            "http/get_export_raw_vdi", "http/put_import", "http/put_import_metadata", "http/put_import_raw_vdi");

    private SessionCalls() {}

    static void define(Methods methods) {
        methods.defineSync(Role.READ_ONLY, "system.listMethods", "", _ -> methods.names());
        methods.defineSync(Role.READ_ONLY, "session.login_with_password", "string, string, ?string, ?string",
                call -> call.pool().sessions().login(call.text(0), call.text(1), call.text(3, ""), call.host()).ref());
        methods.defineSync(Role.READ_ONLY, "session.logout", "", call -> {
            call.database().delete(call.session());
            return null;
        });
        methods.defineSync(Role.READ_ONLY, "session.get_rbac_permissions", "ref session",
                call -> permissions(methods, call.pool().sessions().role(call.row(0))));
        methods.defineSync(Role.READ_ONLY, "task.create", "string, string",
                call -> call.pool().tasks().create(call.text(0), call.text(1), call.host()).ref());
        methods.defineSync(Role.READ_ONLY, "task.destroy", "ref task", call -> {
            call.pool().tasks().destroy(call.row(0));
            return null;
        });
        methods.define(Role.READ_ONLY, "task.cancel", "ref task", call -> {
            call.pool().tasks().cancel(call.row(0));
            return null;
        });
        methods.defineSync(Role.READ_ONLY, "task.set_progress", "ref task, float", call -> {
            call.pool().tasks().progress(call.row(0), call.decimal(1));
            return null;
        });
        methods.defineSync(Role.READ_ONLY, "task.set_status", "ref task, string", SessionCalls::setStatus);
        methods.define(Role.POOL_OPERATOR, "message.create", "string, int, string, string, string",
                call -> call.database().create("message", Map.of("name", call.text(0), "priority", call.number(1),
                        "cls", call.text(2), "obj_uuid", call.text(3), "body", call.text(4))).ref());
        methods.define(Role.POOL_OPERATOR, "message.destroy", "ref message", call -> {
            call.database().delete(call.row(0));
            return null;
        });
    }

    /// Calls by name, and streams by their handler.
    private static List<String> permissions(Methods methods, Role role) {
        var streams = role.includes(Role.VM_ADMIN) ? STREAMS : List.<String>of();
        return Stream.concat(methods.permissions(role).stream(), streams.stream()).toList();
    }

    private static Object setStatus(Call call) {
        switch (call.text(1)) {
            case "success" -> call.pool().tasks().succeed(call.row(0), "");
            case "failure" -> call.pool().tasks().fail(call.row(0), new XapiFailure("INTERNAL_ERROR", "set_status"));
            case "cancelled" -> call.pool().tasks().fail(call.row(0), new XapiFailure("TASK_CANCELLED", call.text(0)));
            default -> call.row(0).set("status", call.text(1));
        }
        return null;
    }
}
