package io.xenolith.cli.backup;

import io.xenolith.cli.UsageException;
import io.xenolith.engine.disk.Extents;
import io.xenolith.nbd.client.NbdAddress;
import io.xenolith.nbd.client.NbdClient;
import io.xenolith.nbd.client.NbdClientOptions;
import io.xenolith.nbd.protocol.StatusChunk;
import io.xenolith.source.image.DiskImage;
import io.xenolith.source.image.ImageFormat;
import io.xenolith.source.nbd.NbdDisk;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// Disks that NBD servers serve.
public final class NbdExports implements DiskOpener {

    private static final String DIRTY_BITMAP = "qemu:dirty-bitmap:";

    private final NbdClientOptions options;
    private final Optional<String> bitmap;
    private final int readAhead;
    private final Map<DiskArgument, Extents> changed = new HashMap<>();

    /// @param bitmap    the name of the dirty bitmap, or metadata context, that tells what changed
    /// @param readAhead bytes for each thread that reads
    public NbdExports(NbdClientOptions options, Optional<String> bitmap, int readAhead) {
        this.bitmap = bitmap.map(name -> name.contains(":") ? name : DIRTY_BITMAP + name);
        this.options = this.bitmap.isEmpty() ? options : options.withContexts(StatusChunk.ALLOCATION, this.bitmap.get());
        this.readAhead = readAhead;
    }

    @Override
    public DiskImage open(DiskArgument argument) throws IOException {
        var client = NbdClient.open(address(argument), options);
        try {
            if (bitmap.isPresent()) {
                changed.put(argument, dirty(client));
            }
            var disk = bitmap.isPresent() ? NbdDisk.expecting(changed.get(argument), client, readAhead)
                    : NbdDisk.whole(client, readAhead);
            return new DiskImage.AtRest(ImageFormat.RAW, DiskImage.Identity.NONE, disk);
        } catch (Throwable e) {
            client.close();
            throw e;
        }
    }

    private static NbdAddress address(DiskArgument argument) {
        try {
            return NbdAddress.parse(argument.file());
        } catch (IllegalArgumentException e) {
            throw new UsageException(e.getMessage());
        }
    }

    private Extents dirty(NbdClient client) throws IOException {
        if (!client.export().contexts().contains(bitmap.get())) {
            throw new IOException("the server knows no bitmap '%s'; 'nbdinfo --list' shows what it has".formatted(bitmap.get()));
        }
        return NbdDisk.dirty(client, bitmap.get());
    }

    @Override
    public Optional<Extents> changed(DiskArgument argument) {
        return Optional.ofNullable(changed.get(argument));
    }
}
