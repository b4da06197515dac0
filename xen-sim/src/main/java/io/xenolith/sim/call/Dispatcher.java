package io.xenolith.sim.call;

import io.xenolith.sim.model.Row;
import io.xenolith.sim.pool.Host;
import io.xenolith.sim.pool.Pool;
import io.xenolith.sim.rpc.RpcRequest;
import io.xenolith.sim.rpc.XapiFailure;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/// Takes a call off the wire to its method: checks method, number of parameters, session, role and types, in this order,
/// and hands the call to a task if that is asked for.
public final class Dispatcher {
    private static final String ASYNC = "Async.";
    private static final Duration ACTIVITY_NOTED_EVERY = Duration.ofMinutes(10);

    private final Pool pool;
    private final Methods methods;

    public Dispatcher(Pool pool) {
        this.pool = pool;
        methods = AllCalls.of(pool);
    }

    /// Carries out a call that came to `host`.
    ///
    /// @throws XapiFailure if it fails
    public Object dispatch(Host host, RpcRequest request) throws InterruptedException {
        boolean async = request.method().startsWith(ASYNC);
        var method = methods.find(async ? request.method().substring(ASYNC.length()) : request.method());
        if (async && !method.async()) {
            throw new XapiFailure("Fault", "No async mode for this operation: " + method.name());
        }
        int hidden = method.needsSession() ? 1 : 0;
        requireCount(method, request, hidden);
        var own = request.arguments().subList(hidden, request.arguments().size());
        if (!async) {
            pool.faults().beforeCall(method.name(), own);
        }
        pool.database().lock().lockInterruptibly();
        try {
            if (!pool.isMaster(host)) {
                throw new XapiFailure("HOST_IS_SLAVE", pool.master().address());
            }
            var session = method.needsSession() ? admit(method, request) : null;
            var call = new Call(pool, host, session, null, method, accept(method, own));
            return async ? start(call) : run(call);
        } finally {
            pool.database().lock().unlock();
        }
    }

    private static void requireCount(Method method, RpcRequest request, int hidden) {
        int given = request.arguments().size() - hidden;
        if (given < method.required() || given > method.parameters().size()) {
            throw new XapiFailure("MESSAGE_PARAMETER_COUNT_MISMATCH", method.name(),
                    Integer.toString(method.required()), Integer.toString(given));
        }
    }

    private Row admit(Method method, RpcRequest request) {
        var session = pool.sessions().require(String.valueOf(request.arguments().getFirst()));
        if (session.time("last_active").isBefore(Instant.now().minus(ACTIVITY_NOTED_EVERY))) {
            session.set("last_active", Instant.now()); // seldom: each change of a session wakes those who wait for events
        }
        pool.sessions().require(session, method.role(), method.permission());
        return session;
    }

    private static List<Object> accept(Method method, List<Object> sent) {
        var accepted = new ArrayList<>();
        for (int i = 0; i < sent.size(); i++) {
            accepted.add(method.parameters().get(i).accept("parameter " + i + " of " + method.name(), sent.get(i)));
        }
        return accepted;
    }

    private Object run(Call call) throws InterruptedException {
        try {
            var result = call.method().body().run(call);
            return result == null ? "" : result;
        } catch (IOException e) {
            throw new XapiFailure("INTERNAL_ERROR", e.toString());
        }
    }

    private String start(Call call) {
        var task = pool.tasks().create(ASYNC + call.method().name(), "", call.host());
        var inTask = new Call(pool, call.host(), call.session(), task, call.method(), call.arguments());
        pool.submit(() -> {
            runTask(inTask);
            return null;
        });
        return task.ref();
    }

    private void runTask(Call call) throws InterruptedException {
        XapiFailure failure = null;
        Object result = "";
        try {
            pool.faults().beforeCall(call.method().name(), call.arguments());
            result = locked(() -> run(call));
        } catch (XapiFailure e) {
            failure = e;
        } catch (RuntimeException e) {
            failure = new XapiFailure("INTERNAL_ERROR", e.toString());
        }
        var outcome = failure;
        var value = result;
        locked(() -> {
            if (outcome == null) {
                pool.tasks().succeed(call.task(), value);
            } else {
                pool.tasks().fail(call.task(), outcome);
            }
            return null;
        });
    }

    private <T> T locked(Step<T> step) throws InterruptedException {
        pool.database().lock().lockInterruptibly();
        try {
            return step.run();
        } finally {
            pool.database().lock().unlock();
        }
    }

    private interface Step<T> {
        T run() throws InterruptedException;
    }
}
