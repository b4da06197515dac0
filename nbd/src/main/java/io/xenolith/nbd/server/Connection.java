package io.xenolith.nbd.server;

import io.netty.channel.Channel;

/// One client's connection, from its arrival to the closing of its export. Event loop only, but for [#close()].
///
/// Its export may be in use by workers when the client is gone already; so it is closed when the channel is closed and
/// the last task has ended, whichever comes later.
final class Connection {
    private final Service service;
    private final Channel channel;
    private final OpenExport export;
    private int tasks;
    private boolean gone;

    Connection(Service service, Channel channel) {
        this.service = service;
        this.channel = channel;
        this.export = new OpenExport(service.exports());
        channel.closeFuture().addListener(_ -> {
            gone = true;
            finishIfUnused();
        });
    }

    Service service() {
        return service;
    }

    /// What the client talked about last.
    OpenExport export() {
        return export;
    }

    /// How many tasks have begun and not ended.
    int tasks() {
        return tasks;
    }

    /// Begins a task that may block. It is over when [#taskEnded()] is called, once, on the event loop.
    void begin(Runnable task) {
        service.workers().execute(task); // refuses when the server ends
        tasks++;
    }

    /// Begins a task that nothing runs for, such as the sending of an answer.
    void begin() {
        tasks++;
    }

    void taskEnded() {
        tasks--;
        finishIfUnused();
    }

    private void finishIfUnused() {
        if (gone && tasks == 0) {
            Thread.startVirtualThread(() -> { // not a worker: these may have been told to end
                export.close();
                service.attendance().leave(this);
            });
        }
    }

    /// Asks the client's handler to end the connection when what runs is answered. Any thread.
    void stop() {
        channel.eventLoop().execute(() -> channel.pipeline().fireUserEventTriggered(Stop.NOW));
    }

    /// Ends the connection whatever runs. Any thread.
    void close() {
        channel.close();
    }

    /// The event by which handlers learn that the server ends.
    enum Stop { NOW }
}
