package io.xenolith.engine.parallel;

import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

/// A short queue from one thread to several: it holds a bounded number of things, so that whoever gives waits for those
/// who take. Things are taken in the order in which they were given. Meant for the tasks of a [Crew], which interrupts
/// whoever waits here when another fails.
public final class Handover<T> {

    private final BlockingQueue<Optional<T>> queue;

    /// @param capacity how many things may wait to be taken, at least 1
    public Handover(int capacity) {
        this.queue = new ArrayBlockingQueue<>(capacity);
    }

    /// Gives `thing`; blocks while the queue is full.
    public void give(T thing) throws InterruptedException {
        queue.put(Optional.of(thing));
    }

    /// Says that nothing more will be given; blocks while the queue is full.
    public void end() throws InterruptedException {
        queue.put(Optional.empty());
    }

    /// Takes the next thing; blocks until there is one.
    ///
    /// @return nothing, from the end on, to everybody who asks
    public Optional<T> take() throws InterruptedException {
        var thing = queue.take();
        if (thing.isEmpty()) {
            queue.put(thing); // for the others; there is room, since nothing is given any more
        }
        return thing;
    }
}
