package io.xenolith.nbd.server;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.ssl.SslContext;
import io.xenolith.nbd.protocol.ClientFlags;
import io.xenolith.nbd.protocol.ExportNameReply;
import io.xenolith.nbd.protocol.Greeting;
import io.xenolith.nbd.protocol.MalformedOptionException;
import io.xenolith.nbd.protocol.NbdProtocolException;
import io.xenolith.nbd.protocol.OptionError;
import io.xenolith.nbd.protocol.OptionHeader;
import io.xenolith.nbd.protocol.OptionReply;
import io.xenolith.nbd.protocol.OptionRequest;
import java.util.List;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/// Talks with one client until it has chosen an export, one option at a time, and then makes way for a [Transmission].
///
/// What an unknown client can cost is bounded here: the time, the number of options, their length, and that no export
/// is opened before TLS is up where TLS is required.
final class Negotiation extends PausableDecoder {
    private static final Greeting GREETING = new Greeting(Greeting.FIXED_NEWSTYLE | Greeting.NO_ZEROES);
    /// Options of one client, and how many more it may send for each export it was told of.
    private static final int OPTIONS = 32;
    private static final int OPTIONS_PER_EXPORT = 4;
    private static final int OPTION_EXPORT_NAME = 1;

    private final Connection connection;
    private final Service service;
    private final OptionAnswers answers;
    private Terms terms = Terms.NONE;
    private ClientFlags client;  // null until it has answered the greeting
    private OptionHeader header; // of the option whose data are arriving; null between options
    private int toSkip;          // bytes of an unknown option's data that are still to come
    private int optionsLeft = OPTIONS;
    private ScheduledFuture<?> deadline;
    private boolean listed;
    private boolean secured;
    private boolean answering;
    private boolean stopping;

    Negotiation(Connection connection) {
        this.connection = connection;
        this.service = connection.service();
        this.answers = new OptionAnswers(service.exports(), service.listing(), connection.export());
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        var out = ctx.alloc().buffer(Greeting.BYTES);
        GREETING.encode(out);
        ctx.writeAndFlush(out);
        deadline = ctx.executor().schedule(this::close, service.limits().handshake().toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    protected void handlerRemoved0(ChannelHandlerContext ctx) {
        if (deadline != null) {
            deadline.cancel(false);
        }
    }

    @Override
    boolean paused() {
        return answering || !context().channel().isWritable();
    }

    @Override
    void step(ByteBuf in) throws NbdProtocolException {
        if (client == null) {
            if (in.readableBytes() >= ClientFlags.BYTES) {
                client = ClientFlags.decode(in, GREETING);
            }
        } else if (toSkip > 0) {
            int now = Math.min(toSkip, in.readableBytes());
            in.skipBytes(now);
            toSkip -= now;
            if (toSkip == 0) {
                refuseUnknown();
            }
        } else if (header == null) {
            readHeader(in);
        } else if (in.readableBytes() >= header.length()) {
            readOption(in.readSlice(header.length()), in.isReadable());
        }
    }

    private void readHeader(ByteBuf in) throws NbdProtocolException {
        if (in.readableBytes() < OptionHeader.BYTES) {
            return;
        }
        header = OptionHeader.decode(in);
        if (--optionsLeft < 0) {
            throw new NbdProtocolException("too many options");
        }
        if (!client.fixed() && header.option() != OPTION_EXPORT_NAME) {
            throw new NbdProtocolException("option %d of a client that knows EXPORT_NAME only".formatted(header.option()));
        }
        if (!OptionRequest.isKnown(header.option())) {
            toSkip = header.length();
            if (toSkip == 0) {
                refuseUnknown();
            }
        } else if (header.length() == 0) {
            readOption(in.readSlice(0), in.isReadable());
        }
    }

    private void refuseUnknown() {
        refuse(OptionError.UNSUPPORTED, "this server does not know the option");
    }

    private void readOption(ByteBuf data, boolean moreFollows) throws NbdProtocolException {
        OptionRequest option;
        try {
            option = OptionRequest.decode(header.option(), data);
        } catch (MalformedOptionException e) {
            refuse(e.reply());
            return;
        }
        switch (option) {
            case OptionRequest.Abort _ -> {
                send(List.of(new OptionReply.Ack()));
                close();
            }
            case OptionRequest.StartTls _ -> startTls(moreFollows);
            case OptionRequest _ when service.tlsRequired() && !secured ->
                    refuse(OptionError.TLS_REQUIRED, "this server talks through TLS only; send STARTTLS first");
            default -> answer(option);
        }
    }

    private void startTls(boolean moreFollows) throws NbdProtocolException {
        if (secured) {
            refuse(OptionError.INVALID, "TLS is already in use");
        } else if (service.tls().isEmpty()) {
            refuse(OptionError.POLICY, "this server does not offer TLS");
        } else if (moreFollows) {
            throw new NbdProtocolException("bytes in clear behind STARTTLS");
        } else {
            answering = true;
            connection.begin(() -> {
                try {
                    connection.export().close(); // it was opened for whoever could write to this connection
                } finally {
                    context().executor().execute(() -> switchToTls(service.tls().get()));
                }
            });
        }
    }

    private void switchToTls(SslContext tls) {
        endTask();
        if (closing() || stopping) {
            close();
            return;
        }
        if (actualReadableBytes() > 0) {
            exceptionCaught(context(), new NbdProtocolException("bytes in clear behind STARTTLS"));
            return;
        }
        send(List.of(new OptionReply.Ack())); // leaves in clear, for the handler is not there yet
        terms = Terms.NONE;
        secured = true;
        var handler = tls.newHandler(context().alloc());
        handler.setHandshakeTimeoutMillis(service.limits().handshake().toMillis());
        context().pipeline().addFirst(handler);
        resume();
    }

    private void answer(OptionRequest option) {
        answering = true;
        connection.begin(() -> {
            var answer = answers.answer(option, terms);
            context().executor().execute(() -> answered(option, answer));
        });
    }

    private void answered(OptionRequest option, OptionAnswers.Answer answer) {
        endTask();
        if (closing() || !context().channel().isActive()) {
            return;
        }
        if (stopping) {
            refuse(OptionError.SHUTDOWN, "the server is being stopped");
            close();
            return;
        }
        terms = answer.terms();
        if (option instanceof OptionRequest.ListExports && !listed) {
            listed = true;
            optionsLeft += (answer.replies().size() - 1) * OPTIONS_PER_EXPORT;
        }
        if (answer.served().isPresent()) {
            serve(option, answer, answer.served().get());
        } else if (answer.replies().getLast() instanceof OptionReply.Refusal refusal) {
            refuse(refusal);
        } else {
            send(answer.replies());
        }
        resume();
    }

    private void endTask() {
        answering = false;
        connection.taskEnded();
    }

    private void serve(OptionRequest option, OptionAnswers.Answer answer, Export export) {
        if (!service.attendance().serve(connection)) {
            refuse(OptionError.POLICY, "the server has as many clients as it may have; try again later");
            return;
        }
        if (option instanceof OptionRequest.Export) {
            var out = context().alloc().buffer(ExportNameReply.bytes(client.noZeroes()));
            new ExportNameReply(export.size(), OptionAnswers.flags(export, terms)).encode(out, client.noZeroes());
            context().writeAndFlush(out);
        } else {
            send(answer.replies());
        }
        var transmission = new Transmission(connection, export, terms);
        context().pipeline().replace(this, null, transmission); // hands over what is not decoded yet
        transmission.resume();
    }

    private void refuse(OptionError error, String text) {
        refuse(new OptionReply.Refusal(error, text));
    }

    /// `EXPORT_NAME` knows no refusal but the end of the connection.
    private void refuse(OptionReply.Refusal refusal) {
        if (header.option() == OPTION_EXPORT_NAME) {
            close();
        } else {
            send(List.of(refusal));
        }
    }

    /// Sends the answer to the current option, and is ready for the next one.
    private void send(List<OptionReply> replies) {
        var out = context().alloc().buffer();
        replies.forEach(reply -> reply.encode(header.option(), out));
        context().writeAndFlush(out).addListener(ChannelFutureListener.CLOSE_ON_FAILURE);
        header = null;
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        resume();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event == Connection.Stop.NOW) {
            stopping = true;
            if (!answering) {
                close();
            }
        } else {
            ctx.fireUserEventTriggered(event);
        }
    }
}
