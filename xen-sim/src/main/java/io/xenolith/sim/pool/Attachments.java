package io.xenolith.sim.pool;

import io.xenolith.sim.disk.DiskImage;
import io.xenolith.sim.model.Row;
import io.xenolith.sim.rpc.XapiFailure;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;

/// Disks attached to a host's control domain, as streams and the NBD server need them. Detaching is asynchronous: a disk
/// stays in use for a while after the stream has ended.
public final class Attachments {
    private static final int NOT_AVAILABLE = 46;

    private final Pool pool;

    Attachments(Pool pool) {
        this.pool = pool;
    }

    /// A disk attached to a control domain.
    public final class Attachment {
        private final Row vdi;
        private final Row vbd;
        private final DiskImage image;

        private Attachment(Row vdi, Row vbd, DiskImage image) {
            this.vdi = vdi;
            this.vbd = vbd;
            this.image = image;
        }

        /// The content, for reading.
        public DiskImage image() {
            return image;
        }

        /// Writes through the control domain; tracked like any write.
        public void write(long offset, ByteBuffer bytes) throws IOException, InterruptedException {
            pool.locked(() -> {
                pool.storage().write(vdi, offset, bytes);
                return null;
            });
        }

        /// Detaches now.
        public void detach() throws IOException, InterruptedException {
            pool.locked(() -> {
                if (pool.database().find("VBD", vbd.ref()) != null) {
                    vbd.set("currently_attached", false);
                    pool.database().delete(vbd);
                }
                return null;
            });
        }

        /// Detaches some time later.
        public void detachLater() {
            pool.submit(() -> {
                Thread.sleep(pool.settings().unplugMillis());
                detach();
                return null;
            });
        }
    }

    /// Attaches `vdi` to the control domain of `host`. Takes and gives up the lock itself.
    ///
    /// @throws XapiFailure `SR_BACKEND_FAILURE_46` if another host's use of the disk forbids it, `VDI_INCOMPATIBLE_TYPE` if
    ///                     there is no content
    public Attachment attach(Host host, Row vdi, boolean writable) throws IOException, InterruptedException {
        pool.faults().beforeCall("VBD.plug", List.of(vdi.ref()));
        var attachment = pool.locked(() -> {
            pool.database().get("VDI", vdi.ref());
            requireCompatible(host, vdi, writable);
            var image = pool.storage().image(vdi);
            var vbd = pool.database().create("VBD", Map.of("VM", host.controlDomain().ref(), "VDI", vdi.ref(),
                    "userdevice", Integer.toString(freePosition(host)), "mode", writable ? "RW" : "RO", "type", "Disk",
                    "currently_attached", true, "allowed_operations", List.of("attach", "unplug")));
            return new Attachment(vdi, vbd, image);
        });
        Thread.sleep(pool.settings().plugMillis());
        return attachment;
    }

    private static int freePosition(Host host) {
        var taken = host.controlDomain().followAll("VBDs").stream().map(vbd -> vbd.text("userdevice")).toList();
        int position = 0;
        while (taken.contains(Integer.toString(position))) {
            position++;
        }
        return position;
    }

    private static void requireCompatible(Host host, Row vdi, boolean writable) {
        for (var vbd : vdi.followAll("VBDs")) {
            var vm = vbd.follow("VM");
            if (!vbd.flag("currently_attached") || vm == null || vm.flag("is_a_snapshot")) {
                continue;
            }
            boolean writes = vbd.text("mode").equals("RW");
            if (!vm.text("resident_on").equals(host.row().ref()) && (writes || writable)) {
                throw XapiFailure.storage(NOT_AVAILABLE,
                        "The VDI is not available: VDI " + vdi.uuid() + " already attached");
            }
            if (writable && !writes) {
                throw new XapiFailure("INTERNAL_ERROR", "Storage_interface.Illegal_transition(Activated RO, Activated RW)");
            }
        }
    }
}
