package io.xenolith.sim.fault;

import io.xenolith.sim.rpc.XapiFailure;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/// The faults that wait to happen, the oldest first. For any number of threads.
public final class Faults {
    private static final class Waiting {
        private final Fault fault;
        private int times;

        Waiting(Fault.Order order) {
            fault = order.fault();
            times = order.times();
        }
    }

    private final List<Waiting> waiting = new ArrayList<>();

    /// Lets `fault` happen the next `times` times that it can.
    public synchronized void order(Fault fault, int times) {
        waiting.add(new Waiting(new Fault.Order(fault, times)));
    }

    /// Lets the next `times` calls of `method` fail; `$0` in a parameter is the call's first argument after the session.
    public void failCall(String method, int times, String... description) {
        order(new Fault.FailCall(method, List.of(description)), times);
    }

    public synchronized void order(Fault.Order order) {
        waiting.add(new Waiting(order));
    }

    public synchronized void clear() {
        waiting.clear();
    }

    /// Waits or fails as ordered, before a call does anything.
    ///
    /// @throws XapiFailure the ordered failure
    public void beforeCall(String method, List<Object> arguments) throws InterruptedException {
        if (take(Fault.PassCall.class, pass -> pass.method().equals(method)) != null) {
            return;
        }
        var stall = take(Fault.StallCall.class, order -> order.method().equals(method));
        if (stall != null) {
            Thread.sleep(stall.millis());
        }
        var fail = take(Fault.FailCall.class, order -> order.method().equals(method));
        if (fail != null) {
            throw new XapiFailure(fail.description().stream().map(word -> fill(word, arguments)).toList());
        }
    }

    private static String fill(String word, List<Object> arguments) {
        if (word.matches("\\$[0-9]")) {
            int index = word.charAt(1) - '0';
            return index < arguments.size() ? String.valueOf(arguments.get(index)) : "";
        }
        return word;
    }

    /// After how many bytes the body of a stream at `path` is cut; [Long#MAX_VALUE] if it is not.
    public long cutStreamAfter(String path) {
        var drop = take(Fault.DropStream.class, order -> order.path().equals(path));
        return drop == null ? Long.MAX_VALUE : drop.bytes();
    }

    /// The changed blocks of disk `vdi` that nobody hears of.
    public synchronized List<Integer> hiddenBlocks(String vdi) {
        return waiting.stream().map(order -> order.fault)
                .filter(fault -> fault instanceof Fault.HideChange hide && hide.vdi().equals(vdi))
                .map(fault -> ((Fault.HideChange) fault).block()).toList();
    }

    /// The oldest fault of a kind that is wanted, counted down; null if none waits.
    private synchronized <F extends Fault> F take(Class<F> kind, Predicate<F> wanted) {
        for (var order : waiting) {
            if (kind.isInstance(order.fault) && wanted.test(kind.cast(order.fault))) {
                if (--order.times == 0) {
                    waiting.remove(order);
                }
                return kind.cast(order.fault);
            }
        }
        return null;
    }
}
