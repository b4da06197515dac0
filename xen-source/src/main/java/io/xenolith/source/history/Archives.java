package io.xenolith.source.history;

import io.xenolith.source.history.PastBackup.Content;
import io.xenolith.source.history.PastBackup.Origin;
import io.xenolith.source.xva.OvaDisk;
import io.xenolith.source.xva.OvaMachine;
import io.xenolith.source.xva.XvaReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;

/// Looks into the beginnings of XVA archives.
final class Archives {

    private final ZoneId zone;

    Archives(ZoneId zone) {
        this.zone = zone;
    }

    /// What an archive says of itself.
    record Summary(OvaMachine machine, List<String> diskNames) {
    }

    /// An archive that nothing describes but its place and itself.
    PastBackup read(Path xva) throws IOException, NotUnderstoodException {
        var folder = NauFolder.of(xva, zone);
        var summary = summary(xva);
        var machine = folder.map(NauFolder::machine).orElse(summary.machine().name());
        var time = folder.isPresent() ? folder.get().time()
                : Files.getLastModifiedTime(xva).toInstant().truncatedTo(ChronoUnit.SECONDS);
        return new PastBackup(xva, folder.isPresent() ? Origin.NAUBACKUP : Origin.VM_EXPORT, machine,
                Optional.of(summary.machine().uuid()).filter(uuid -> !uuid.isEmpty()), time,
                new Content.Archive(xva, summary.diskNames()), Optional.empty());
    }

    Summary summary(Path xva) throws IOException, NotUnderstoodException {
        try (var reader = XvaReader.open(Files.newInputStream(xva), xva.toString())) {
            var machines = reader.ova().machines();
            if (machines.size() != 1) {
                throw new NotUnderstoodException("it describes %d machines; 'backup xva' takes such archives"
                        .formatted(machines.size()));
            }
            if (reader.metadataOnly()) {
                throw new NotUnderstoodException("it holds metadata only, and no disk");
            }
            var names = reader.ova().streamedDisks().stream().map(OvaDisk::name).sorted().toList();
            return new Summary(machines.getFirst(), names);
        }
    }
}
