package io.xenolith.nbd.client;

import io.netty.channel.EventLoopGroup;
import io.netty.handler.ssl.SslContext;
import io.xenolith.nbd.protocol.NbdProtocolException;
import io.xenolith.nbd.protocol.OptionError;
import java.io.IOException;
import java.util.List;

/// The ways to one export. Begins with the address that worked last, so that connections stay together as long as they can.
/// For one thread at a time.
final class Route {
    private final EventLoopGroup group;
    private final List<NbdAddress> addresses;
    private final NbdClientOptions options;
    private final SslContext tls;
    private int current;

    /// A connection whose export is open, and what was agreed on.
    record Opened(Dialogue dialogue, Agreed agreed) {}

    Route(EventLoopGroup group, List<NbdAddress> addresses, NbdClientOptions options) throws NbdTlsException {
        this.group = group;
        this.addresses = addresses;
        this.options = options;
        this.tls = addresses.stream().anyMatch(NbdAddress::tls) ? options.tls().context() : null;
    }

    /// The address to name in messages.
    NbdAddress address() {
        return addresses.get(current);
    }

    /// Opens the export at the first address that lets it.
    ///
    /// @throws NbdException the last address's failure, with those of the others as suppressed
    Opened open() throws IOException, InterruptedException {
        NbdException failure = null;
        for (int tries = 0; tries < addresses.size(); tries++) {
            try {
                return open(address());
            } catch (NbdException e) {
                if (failure != null) {
                    e.addSuppressed(failure);
                }
                failure = e;
                current = (current + 1) % addresses.size();
            }
        }
        throw failure;
    }

    private Opened open(NbdAddress address) throws IOException, InterruptedException {
        try {
            var dialogue = begin(address);
            try {
                return new Opened(dialogue, dialogue.open());
            } catch (Throwable e) {
                dialogue.close();
                throw e;
            }
        } catch (IOException e) {
            throw typed(address, e);
        }
    }

    /// Connects to `address` without opening its export.
    Dialogue begin(NbdAddress address) throws IOException, InterruptedException {
        return Dialogue.begin(group, address, options, address.tls() ? tls : null);
    }

    static NbdException typed(NbdAddress address, IOException failure) {
        return failure instanceof NbdException typed ? typed
                : new NbdConnectionException("%s: %s".formatted(address, failure.getMessage()), failure);
    }

    /// Whether trying again is pointless at this and every other address that was tried.
    static boolean isFinal(Throwable failure) {
        boolean one = switch (failure) {
            case NbdRefusedException refused -> refused.error() != OptionError.SHUTDOWN;
            case NbdTlsException _, NbdExportChangedException _, NbdClosedException _ -> true;
            default -> failure.getCause() instanceof NbdProtocolException;
        };
        for (var other : failure.getSuppressed()) {
            one &= isFinal(other);
        }
        return one;
    }
}
