package io.xenolith.sim.nbd;

import io.xenolith.sim.disk.DiskImage;
import io.xenolith.sim.pool.Attachments.Attachment;
import io.xenolith.sim.pool.Host;
import io.xenolith.sim.pool.Pool;
import io.xenolith.sim.rpc.XapiFailure;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/// One client of a host's NBD server. Integers are big-endian.
///
/// ```text
///   S  "NBDMAGIC" "IHAVEOPT", then on its own u16 1     C  u32 client flags
///   C  "IHAVEOPT" u32 option, u32 length, data          S  u64 magic, u32 option, u32 answer, u32 0
///   C  EXPORT_NAME "/<vdi>?session_id=<session>"        S  u64 size, u16 3, 124 zero bytes
///   C  u32 magic, u16 flags, u16 type, u64 handle,      S  u32 magic, u32 error, u64 handle, data
///      u64 offset, u32 length
/// ```
/// It knows STARTTLS, EXPORT_NAME and ABORT, READ and DISC, and nothing else. Requests are served one after another; a
/// reply's head goes out before the disk is read, so a failed read is a reply without an error that ends early. Every error
/// ends the connection.
final class NbdConnection {
    private static final long OPTION_MAGIC = 0x49484156454F5054L;
    private static final long ANSWER_MAGIC = 0x0003E889045565A9L;
    private static final int REQUEST_MAGIC = 0x25609513;
    private static final int REPLY_MAGIC = 0x67446698;
    private static final int EXPORT_NAME = 1;
    private static final int ABORT = 2;
    private static final int LIST = 3;
    private static final int STARTTLS = 5;
    private static final int ACK = 1;
    private static final int UNSUPPORTED = 0x80000001;
    private static final int POLICY = 0x80000002;
    private static final int INVALID = 0x80000003;
    private static final int TLS_REQUIRED = 0x80000005;
    private static final int MOST_OPTION_BYTES = 64 << 10;
    private static final int READ = 0;
    private static final int WRITE = 1;
    private static final int DISCONNECT = 2;
    private static final int EPERM = 1;
    private static final int EINVAL = 22;
    private static final int SECTOR = 512;
    private static final int PIECE = 512 << 10;
    private static final int FIXED_NEWSTYLE = 1;
    private static final int HAS_FLAGS_AND_READ_ONLY = 3;

    private final Pool pool;
    private final Host host;
    private final boolean forcesTls;
    private Socket socket;
    private DataInputStream in;
    private DataOutputStream out;
    private boolean secured;

    NbdConnection(Pool pool, Host host, Socket socket, boolean forcesTls) throws IOException {
        this.pool = pool;
        this.host = host;
        this.forcesTls = forcesTls;
        use(socket);
    }

    private void use(Socket next) throws IOException {
        socket = next;
        in = new DataInputStream(next.getInputStream());
        out = new DataOutputStream(new BufferedOutputStream(next.getOutputStream(), 1 << 16));
    }

    /// Serves until the client disconnects. The connection ends after the disk was detached.
    void serve() throws IOException, InterruptedException {
        greet();
        var name = negotiate();
        if (name == null) {
            return;
        }
        var attachment = attach(name);
        try {
            describe(attachment.image().size());
            serveRequests(attachment.image());
        } finally {
            Thread.sleep(pool.settings().unplugMillis());
            attachment.detach();
        }
        if (secured) {
            socket.close();
        }
    }

    private void greet() throws IOException {
        out.write("NBDMAGICIHAVEOPT".getBytes(StandardCharsets.US_ASCII));
        out.flush();
        out.writeShort(FIXED_NEWSTYLE);
        out.flush();
        if ((in.readInt() & FIXED_NEWSTYLE) == 0 && forcesTls) {
            throw new IOException("a client that knows no options cannot ask for TLS");
        }
    }

    /// The name of the export that the client wants, or null if it gave up.
    private String negotiate() throws IOException {
        while (true) {
            long magic = in.readLong();
            int option = in.readInt();
            int length = in.readInt();
            if (magic != OPTION_MAGIC || length < 0 || length > MOST_OPTION_BYTES) {
                throw new IOException("no option");
            }
            var data = in.readNBytes(length);
            if (forcesTls && !secured) {
                beforeTls(option);
                continue;
            }
            switch (option) {
                case EXPORT_NAME -> {
                    return new String(data, StandardCharsets.UTF_8);
                }
                case ABORT -> {
                    answer(option, ACK);
                    return null;
                }
                case LIST -> answer(option, POLICY);
                case STARTTLS -> answer(option, secured ? INVALID : POLICY);
                default -> answer(option, UNSUPPORTED);
            }
        }
    }

    private void beforeTls(int option) throws IOException {
        switch (option) {
            case STARTTLS -> {
                answer(option, ACK);
                use(host.identity().secure(socket));
                secured = true;
            }
            case EXPORT_NAME, ABORT -> throw new IOException("not before TLS");
            default -> answer(option, TLS_REQUIRED);
        }
    }

    private void answer(int option, int answer) throws IOException {
        out.writeLong(ANSWER_MAGIC);
        out.writeInt(option);
        out.writeInt(answer);
        out.writeInt(0);
        out.flush();
    }

    /// @throws IOException for a bad name, a session that is over, or a disk that cannot be attached
    private Attachment attach(String name) throws IOException, InterruptedException {
        var parts = name.split("\\?session_id=", 2);
        if (parts.length < 2 || !parts[0].startsWith("/")) {
            throw new IOException("no such export: " + parts[0]);
        }
        try {
            var vdi = pool.locked(() -> {
                pool.sessions().require(parts[1]);
                return pool.database().byUuid("VDI", parts[0].substring(1));
            });
            return pool.attachments().attach(host, vdi, false);
        } catch (XapiFailure e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    private void describe(long size) throws IOException {
        out.writeLong(size);
        out.writeShort(HAS_FLAGS_AND_READ_ONLY);
        out.write(new byte[124]);
        out.flush();
    }

    private void serveRequests(DiskImage disk) throws IOException {
        long left = pool.faults().cutStreamAfter("nbd");
        while (true) {
            int magic;
            try {
                magic = in.readInt();
            } catch (EOFException _) {
                return;
            }
            int command = in.readInt(); // flags and type in one: any flag makes the command an unknown one
            long handle = in.readLong();
            long offset = in.readLong();
            int length = in.readInt();
            if (magic != REQUEST_MAGIC || command == DISCONNECT) {
                return;
            }
            if (command != READ || (offset | length) % SECTOR != 0 || length < 0) {
                reply(command == WRITE ? EPERM : EINVAL, handle);
                return;
            }
            reply(0, handle);
            left -= length;
            if (left < 0) {
                return; // a read error: the reply just ends
            }
            send(disk, offset, length);
        }
    }

    private void reply(int error, long handle) throws IOException {
        out.writeInt(REPLY_MAGIC);
        out.writeInt(error);
        out.writeLong(handle);
        out.flush(); // before the disk is read, so that a failed read is a reply that ends early
    }

    private void send(DiskImage disk, long offset, int length) throws IOException {
        for (int done = 0; done < length;) {
            var piece = new byte[Math.min(PIECE, length - done)];
            disk.read(offset + done, ByteBuffer.wrap(piece));
            out.write(piece);
            out.flush();
            done += piece.length;
        }
    }
}
