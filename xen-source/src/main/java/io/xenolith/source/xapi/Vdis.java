package io.xenolith.source.xapi;

import io.xenolith.engine.disk.Extents;
import io.xenolith.source.changed.ChangedBlocks;
import io.xenolith.source.xapi.records.RawRecord;
import io.xenolith.source.xapi.records.Ref;
import io.xenolith.source.xapi.records.Vdi;
import io.xenolith.source.xapi.rpc.Calls;
import io.xenolith.source.xapi.task.Tasks;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/// Calls about disks and their snapshots.
public final class Vdis extends ObjectCalls<Vdi> {

    Vdis(Calls calls, Tasks tasks) {
        super(Vdi.CLASS, calls, tasks);
    }

    public Ref<Vdi> create(NewVdi disk) throws IOException, InterruptedException {
        return new Ref<>(run("create", disk.record()).text());
    }

    /// Removes a disk or snapshot; its space comes back later. One that is gone already is fine.
    ///
    /// @throws io.xenolith.source.xapi.error.BusyException while it is attached, and for seconds after an export
    public void destroy(Ref<Vdi> disk) throws IOException, InterruptedException {
        runDestroy(disk);
    }

    /// Takes a snapshot of one disk.
    public Ref<Vdi> snapshot(Ref<Vdi> disk) throws IOException, InterruptedException {
        return new Ref<>(run("snapshot", disk, Map.of()).text());
    }

    /// A new disk with the content of another one, which costs no space where the storage shares blocks. It is not
    /// tracked, and has the other's name and `other_config`.
    ///
    /// @throws io.xenolith.source.xapi.error.UnavailableException if the storage cannot
    public Ref<Vdi> cloneOf(Ref<Vdi> disk) throws IOException, InterruptedException {
        return new Ref<>(run("clone", disk, Map.of()).text());
    }

    public void setName(Ref<Vdi> disk, String name) throws IOException, InterruptedException {
        ask("set_name_label", disk, name);
    }

    public void setDescription(Ref<Vdi> disk, String description) throws IOException, InterruptedException {
        ask("set_name_description", disk, description);
    }

    /// Tracks changed blocks from now on; fine if it does already, and while the VM runs.
    ///
    /// @throws io.xenolith.source.xapi.error.UnavailableException if licence or storage do not offer it
    public void enableChangeTracking(Ref<Vdi> disk) throws IOException, InterruptedException {
        runRepeatable("enable_cbt", disk);
    }

    /// Ends tracking; the next increment of whoever backs the disk up is a full.
    public void disableChangeTracking(Ref<Vdi> disk) throws IOException, InterruptedException {
        runRepeatable("disable_cbt", disk);
    }

    /// Gives up a snapshot's data and keeps what is needed to tell what changed since.
    ///
    /// @throws io.xenolith.source.xapi.error.BusyException while any VM, its snapshot's too, has it
    public void dataDestroy(Ref<Vdi> snapshot) throws IOException, InterruptedException {
        runRepeatable("data_destroy", snapshot);
    }

    /// Which blocks of 64 KiB were written after `base` and up to `newer`: a bitmap with the most significant bit of
    /// each byte first. Ask before anybody attaches `newer`.
    ///
    /// @throws io.xenolith.source.xapi.error.UnavailableException if the host cannot tell; then read everything
    /// @throws IOException if the answer is no base64
    public byte[] listChangedBlocks(Ref<Vdi> base, Ref<Vdi> newer) throws IOException, InterruptedException {
        try {
            return Base64.getMimeDecoder().decode(changedBlocks(base, newer));
        } catch (IllegalArgumentException e) {
            throw new IOException("the bitmap of changed blocks is no base64; read the whole disk", e);
        }
    }

    /// As [#listChangedBlocks(Ref, Ref)], checked against the size of `newer`.
    ///
    /// @throws io.xenolith.source.changed.ChangedBlocksException if the bitmap does not fit the disk
    public Extents changedExtents(Ref<Vdi> base, Vdi newer) throws IOException, InterruptedException {
        var bitmap = changedBlocks(base, newer.ref()).getBytes(StandardCharsets.ISO_8859_1);
        return ChangedBlocks.parse(new ByteArrayInputStream(bitmap), newer.virtualSize());
    }

    private String changedBlocks(Ref<Vdi> base, Ref<Vdi> newer) throws IOException, InterruptedException {
        return runRepeatable("list_changed_blocks", base, newer).text();
    }

    /// Where the disk is served by NBD; empty if no network is set up for it or no host sees its storage.
    ///
    /// @throws io.xenolith.source.xapi.error.BusyException if one of the hosts does not answer
    public List<NbdInfo> nbdInfo(Ref<Vdi> disk) throws IOException, InterruptedException {
        var servers = new ArrayList<NbdInfo>();
        for (var server : ask("get_nbd_info", disk).list()) {
            servers.add(NbdInfo.of(RawRecord.of(server)));
        }
        return servers;
    }
}
