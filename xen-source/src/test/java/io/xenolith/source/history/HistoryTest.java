package io.xenolith.source.history;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.xenolith.engine.disk.DiskBlocks;
import io.xenolith.source.history.History.Assumptions;
import io.xenolith.source.history.PastBackup.Content;
import io.xenolith.source.history.PastBackup.Origin;
import io.xenolith.source.raw.StreamTarget;
import io.xenolith.source.vhd.VhdIdentity;
import io.xenolith.source.vhd.VhdLayout;
import io.xenolith.source.vhd.VhdTarget;
import io.xenolith.source.xva.NewDisk;
import io.xenolith.source.xva.NewOva;
import io.xenolith.source.xva.XvaFormat;
import io.xenolith.source.xva.XvaWriter;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HistoryTest {

    private static final Instant MONDAY = Instant.parse("2026-01-05T02:00:00Z");
    private static final Instant NO_TIME = Instant.parse("2000-01-01T00:00:00Z"); // what hosts write
    private static final String MACHINE = "1aa2b6c8-6a1f-4f3a-9d3e-0c1f5a7e9b11";
    private static final String FOLDER = "xo-vm-backups/" + MACHINE + "/";
    private static final String VDIS = "vdis/job/vdi/";

    @TempDir
    Path folder;

    private Path share;

    @BeforeEach
    void aShare() throws IOException {
        share = Files.createDirectory(folder.toRealPath().resolve("share"));
    }

    private History scan() throws IOException {
        return scan(ZoneOffset.UTC);
    }

    private History scan(ZoneId zone) throws IOException {
        return History.scan(share, new Assumptions(Optional.empty(), zone));
    }

    private PastBackup onlyBackup() throws IOException {
        var history = scan();
        assertEquals(List.of(), history.leftOut());
        assertEquals(1, history.backups().size());
        return history.backups().getFirst();
    }

    private void assertLeftOut(String file, String... words) throws IOException {
        var left = scan().leftOut().stream().filter(out -> out.file().equals(share.resolve(file))).toList();
        assertEquals(1, left.size(), () -> file + " is not left out, or twice: " + left);
        for (var word : words) {
            assertTrue(left.getFirst().reason().contains(word), left.getFirst().reason());
        }
    }

    private Path file(String name) throws IOException {
        var file = share.resolve(name);
        Files.createDirectories(file.getParent());
        return file;
    }

    private static void modified(Path file, Instant time) throws IOException {
        Files.setLastModifiedTime(file, FileTime.from(time));
    }

    private Path xva(String name, String machine, Instant modified) throws IOException {
        var disk = new NewDisk(new UUID(1, 1), "root", 512, 0, true);
        var ova = new NewOva(new UUID(2, 2), machine, "", 1L << 30, 1, NewOva.Firmware.BIOS, List.of(disk));
        var file = file(name);
        try (var xva = XvaWriter.open(Files.newOutputStream(file), ova.xml(), XvaFormat.PLAIN)) {
            for (var streamed : xva.ova().streamedDisks()) {
                try (var target = xva.disk(streamed.ref(), streamed.size())) {
                    target.commit();
                }
            }
            xva.finish();
        }
        modified(file, modified);
        return file;
    }

    /// The identity of a made-up image.
    private static VhdIdentity id(int id) {
        return new VhdIdentity(new UUID(0, id), NO_TIME);
    }

    private static DiskBlocks noBlocks() {
        return new DiskBlocks(4 << 20, VhdLayout.BLOCK_BYTES);
    }

    private Path whole(String name, VhdIdentity self) throws IOException {
        return write(name, VhdLayout.dynamic(noBlocks(), self));
    }

    private Path delta(String name, VhdIdentity self, VhdIdentity parent, String parentName) throws IOException {
        return write(name, VhdLayout.differencing(noBlocks(), self, parent, parentName));
    }

    private Path write(String name, VhdLayout layout) throws IOException {
        var file = file(name);
        try (var target = new VhdTarget(layout, new StreamTarget(name, Files.newOutputStream(file)))) {
            target.commit();
        }
        modified(file, MONDAY);
        return file;
    }

    private Path json(String name, String text) throws IOException {
        return Files.writeString(file(FOLDER + name), text.replace('\'', '"'));
    }

    private Path deltaJson(String name, Instant time, String vhd) throws IOException {
        return json(name, """
                {'mode': 'delta', 'timestamp': %d, 'version': '2.0.0', 'vm': {'uuid': '%s', 'name_label': 'web'},
                 'vhds': {'OpaqueRef:1': '%s'},
                 'vdis': {'OpaqueRef:1': {'uuid': 'snapshot', 'name_label': 'root', '$snapshot_of$uuid': 'disk'}},
                 'vbds': {'OpaqueRef:2': {'VDI': 'OpaqueRef:1', 'device': 'xvdb', 'userdevice': '1'}}}
                """.formatted(time.toEpochMilli() + 345, MACHINE, vhd));
    }

    private static List<Path> chain(PastBackup backup) {
        var image = Optional.of(((Content.Images) backup.content()).disks().getFirst().image());
        var chain = new ArrayList<Path>();
        for (; image.isPresent(); image = image.get().parent()) {
            chain.add(image.get().file().getFileName());
        }
        return chain.reversed();
    }

    private void assertChain(String parent, String child) throws IOException {
        var chains = scan().backups().stream().map(HistoryTest::chain).toList();
        assertTrue(chains.contains(List.of(Path.of(parent), Path.of(child))), chains.toString());
    }

    @Test
    void aFolderOfNaubackupTellsMachineAndTimeByTheClockOfItsHost() throws IOException {
        xva("nau/my web server/backup-2026-07-05-(02-03-04)/my web server.xva", "from a snapshot", MONDAY);
        Files.writeString(file("nau/my web server/backup-2026-07-05-(02-03-04)/vm.cfg"), "name_label=web");
        var backup = scan(ZoneId.of("Europe/Vienna")).backups().getFirst();
        assertEquals("my web server", backup.machine());
        assertEquals(Instant.parse("2026-07-05T00:03:04Z"), backup.time());
        assertEquals(Origin.NAUBACKUP, backup.origin());
        assertEquals(List.of("xvda"), backup.content().diskNames());
        assertEquals(List.of(), scan().leftOut());
    }

    @Test
    void aFolderThatTellsNoTimeIsTold() throws IOException {
        xva("web/backup-2026-02-30-(02-00-00)/web.xva", "web", MONDAY);
        assertLeftOut("web/backup-2026-02-30-(02-00-00)/web.xva", "no time");
        Files.writeString(file("web/backup-2026-01-05-(02-00-00)/web.raw"), "");
        assertLeftOut("web/backup-2026-01-05-(02-00-00)/web.raw", "raw disk", "backup image");
    }

    @Test
    void aDiskThatNaubackupExportedIsTheMachinesOnEachDay() throws IOException {
        whole("web/backup-2026-01-05-(02-00-00)/web.vhd", id(1));
        whole("web/backup-2026-01-06-(02-00-00)/web.vhd", id(2));
        var backups = scan().backups();
        assertEquals(List.of(MONDAY, MONDAY.plusSeconds(86_400)), backups.stream().map(PastBackup::time).toList());
        backups.forEach(backup -> assertEquals(List.of("xvda"), backup.content().diskNames()));
        backups.forEach(backup -> assertEquals("web", backup.machine()));
    }

    @Test
    void anExportTellsItsMachineAndTheFileItsTime() throws IOException {
        xva("deep/down/export.xva", "mail", MONDAY.plusMillis(900));
        var backup = onlyBackup();
        assertEquals("mail", backup.machine());
        assertEquals(Optional.of(new UUID(2, 2).toString()), backup.uuid());
        assertEquals(MONDAY, backup.time());
        assertEquals(Origin.VM_EXPORT, backup.origin());
    }

    @Test
    void theOldestComesFirstWhereverItLies() throws IOException {
        xva("a.xva", "a", MONDAY.plusSeconds(20));
        xva("b.xva", "b", MONDAY);
        xva("c.xva", "c", MONDAY.plusSeconds(10));
        assertEquals(List.of("b", "c", "a"), scan().backups().stream().map(PastBackup::machine).toList());
    }

    @Test
    void twoBackupsOfOneMachineAndSecondAreOneAndTheOtherIsTold() throws IOException {
        xva("a.xva", "web", MONDAY);
        xva("b.xva", "web", MONDAY);
        assertEquals(1, scan().backups().size());
        assertLeftOut("b.xva", "another backup of 'web'", "--time");
    }

    @Test
    void anArchiveThatIsNoneIsTold() throws IOException {
        Files.writeString(file("broken.xva"), "this is no archive");
        assertLeftOut("broken.xva", "entry");
        Files.writeString(file("empty.xva.gz"), "");
        assertLeftOut("empty.xva.gz");
    }

    @Test
    void aDescriptionOfOrchestraTellsMachineDisksAndTime() throws IOException {
        whole(FOLDER + VDIS + "20260105T020000Z.vhd", id(1));
        var json = deltaJson("20260105T020000Z.json", MONDAY, VDIS + "20260105T020000Z.vhd");
        var backup = onlyBackup();
        assertEquals(json, backup.file());
        assertEquals("web", backup.machine());
        assertEquals(Optional.of(MACHINE), backup.uuid());
        assertEquals(MONDAY, backup.time());
        var disk = ((Content.Images) backup.content()).disks().getFirst();
        assertEquals("xvdb", disk.name());
        assertEquals(Optional.of("root"), disk.label());
        assertEquals(Optional.of("disk"), disk.uuid());
        assertEquals(Files.readString(json), new String(backup.description().orElseThrow().read(), StandardCharsets.UTF_8));
    }

    @Test
    void aFullOfOrchestraIsOneBackupAndNotTwo() throws IOException {
        xva(FOLDER + "20260105T020000Z.xva", "[XO Backup] web", MONDAY.plusSeconds(99));
        json("20260105T020000Z.json", """
                {'mode': 'full', 'timestamp': %d, 'version': '2.0.0', 'xva': './20260105T020000Z.xva',
                 'vm': {'uuid': '%s', 'name_label': 'web'}}""".formatted(MONDAY.toEpochMilli(), MACHINE));
        var backup = onlyBackup();
        assertEquals("web", backup.machine());
        assertEquals(MONDAY, backup.time());
        assertEquals(List.of("xvda"), backup.content().diskNames());
    }

    @Test
    void withoutATimestampTheNameOfTheDescriptionTellsTheTime() throws IOException {
        whole(FOLDER + "vdis/j/v/d.vhd", id(1));
        json("20260105T020000Z.json", """
                {'mode':'delta','version':'2.0.0','vm':{'name_label':'web'},'vhds':{'r':'vdis/j/v/d.vhd'}}""");
        var backup = onlyBackup();
        assertEquals(MONDAY, backup.time());
        assertEquals(Optional.of(MACHINE), backup.uuid());
        assertEquals(List.of("xvda"), backup.content().diskNames());
    }

    @ParameterizedTest
    @ValueSource(strings = {"../../outside.vhd", "/etc/passwd", "vdis/../../x.vhd", "", "vdis/job/vdi/other.vhd", "nul\\u0000.vhd"})
    void aDescriptionNamesFilesOfItsOwnFolderOnly(String name) throws IOException {
        whole("outside.vhd", id(1));
        deltaJson("20260105T020000Z.json", MONDAY, name);
        assertLeftOut(FOLDER + "20260105T020000Z.json", "file");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "{'mode':                                                     | no JSON",
        "[]                                                           | no JSON object",
        "{}                                                           | version",
        "{'version':'3.0.0'}                                          | 3.0.0",
        "{'version':'2.0.0','mode':'metadata'}                        | metadata",
        "{'version':'2.0.0','mode':'delta','vm':{'name_label':'a'}}   | no disk",
        "{'version':'2.0.0','mode':'delta','vhds':[1]}                | no disk",
        "{'version':'2.0.0','mode':'delta','vhds':{'r':'d.vhd'}}      | no machine",
        "{'version':'2.0.0','mode':'full','xva':'./gone.xva'}         | gone.xva",
    })
    void aDescriptionThatIsNotUnderstoodIsToldWithTheReason(String text, String words) throws IOException {
        whole(FOLDER + "d.vhd", id(1));
        json("20260105T020000Z.json", text);
        assertLeftOut(FOLDER + "20260105T020000Z.json", words);
    }

    @Test
    void aDescriptionWithoutEndIsNotRead() throws IOException {
        var json = json("20260105T020000Z.json", "{");
        try (var file = new RandomAccessFile(json.toFile(), "rw")) {
            file.setLength(1L << 40);
        }
        assertLeftOut(FOLDER + "20260105T020000Z.json", "longer than");
    }

    @Test
    void hostileNamesOfDevicesBecomeNamesThatAreFitForFiles() throws IOException {
        whole(FOLDER + "d.vhd", id(1));
        whole(FOLDER + "e.vhd", id(2));
        json("20260105T020000Z.json", """
                {'mode':'delta','version':'2.0.0','vm':{'name_label':'web'},'vhds':{'r':'d.vhd','s':'e.vhd'},
                 'vbds':{'1':{'VDI':'r','device':'../../x','userdevice':'2'},'2':{'VDI':'s','device':'','userdevice':'-1'}}}""");
        assertEquals(List.of("xvda", "xvdc"), onlyBackup().content().diskNames());
    }

    @Test
    void disksInDirectoriesOfBlocksAreToldEach() throws IOException {
        Files.writeString(file(FOLDER + VDIS + "20260105T020000Z.alias.vhd"), "data/1.vhd");
        Files.createDirectories(share.resolve(FOLDER + VDIS + "data/1.vhd/blocks"));
        deltaJson("20260105T020000Z.json", MONDAY, VDIS + "20260105T020000Z.alias.vhd");
        assertLeftOut(FOLDER + VDIS + "20260105T020000Z.alias.vhd", "alias");
        assertLeftOut(FOLDER + VDIS + "data/1.vhd", "directory of blocks");
        assertLeftOut(FOLDER + "20260105T020000Z.json", "directory of blocks");
        assertEquals(3, scan().leftOut().size());
    }

    @Test
    void aVhdThatNoDescriptionNamesIsTold() throws IOException {
        whole(FOLDER + VDIS + "20260105T020000Z.vhd", id(1));
        assertLeftOut(FOLDER + VDIS + "20260105T020000Z.vhd", "no readable description");
    }

    @Test
    void anImageWhoseBackupIsGoneStillBelongsToTheChain() throws IOException {
        whole(FOLDER + VDIS + "1.vhd", id(1));
        delta(FOLDER + VDIS + "2.vhd", id(2), id(1), "1.vhd");
        delta(FOLDER + VDIS + "3.vhd", id(3), id(2), "2.vhd");
        deltaJson("20260105T020000Z.json", MONDAY, VDIS + "3.vhd");
        assertEquals(List.of(Path.of("1.vhd"), Path.of("2.vhd"), Path.of("3.vhd")), chain(onlyBackup()));
        assertTrue(onlyBackup().isIncrement());
    }

    @Test
    void theIdOfAParentCountsMoreThanItsName() throws IOException {
        whole("web/renamed.vhd", id(1));
        delta("web/child.vhd", id(2), id(1), "monday.vhd");
        assertEquals(List.of(Path.of("renamed.vhd"), Path.of("child.vhd")), chain(scan().backups().getLast()));
        whole("web/monday.vhd", id(3)); // another image, of the parent's old name
        assertEquals(List.of(), scan().leftOut());
        assertChain("renamed.vhd", "child.vhd");
    }

    @Test
    void theNameDecidesWhereTheIdDoesNot() throws IOException {
        whole("web/a.vhd", id(1));
        whole("web/b.vhd", id(1)); // a copy
        delta("web/c.vhd", id(2), id(1), "b.vhd");
        assertChain("b.vhd", "c.vhd");
        delta("web/d.vhd", id(3), id(1), "");
        assertLeftOut("web/d.vhd", "several");
        delta("web/e.vhd", id(4), id(0), "a.vhd");
        assertChain("a.vhd", "e.vhd");
    }

    @Test
    void aChainWithoutItsBeginningIsToldAndTheOthersGoOn() throws IOException {
        whole("other/1.vhd", id(1));
        delta("web/2.vhd", id(2), id(1), "1.vhd"); // its parent is in another folder
        delta("web/3.vhd", id(3), id(2), "2.vhd");
        assertLeftOut("web/2.vhd", "2.vhd holds only what changed", "1.vhd", "not in its folder");
        assertLeftOut("web/3.vhd", "2.vhd holds only what changed");
        assertEquals(1, scan().backups().size());
    }

    @Test
    void aParentThatWasReplacedIsTold() throws IOException {
        whole("web/1.vhd", id(7));
        delta("web/2.vhd", id(2), id(1), "1.vhd");
        assertLeftOut("web/2.vhd", id(1).id().toString(), id(7).id().toString());
        Files.writeString(share.resolve("web/1.vhd"), "no image");
        assertLeftOut("web/2.vhd", "parent", "1.vhd", "not a VHD");
        assertLeftOut("web/1.vhd", "not a VHD");
    }

    @Test
    void whatLiesOverAnImageOfADescriptionMayBeLoose() throws IOException {
        whole(FOLDER + "1.vhd", id(1));
        delta(FOLDER + "2.vhd", id(2), id(1), "1.vhd");
        deltaJson("20260105T020000Z.json", MONDAY.minusSeconds(1), "1.vhd");
        assertEquals(List.of(Origin.XEN_ORCHESTRA, Origin.VHD), scan().backups().stream().map(PastBackup::origin).toList());
    }

    @Test
    void imagesInACircleAreTold() throws IOException {
        delta("web/1.vhd", id(1), id(3), "3.vhd");
        delta("web/2.vhd", id(2), id(1), "1.vhd");
        delta("web/3.vhd", id(3), id(2), "2.vhd");
        delta("web/4.vhd", id(4), id(3), "3.vhd");
        delta("web/self.vhd", id(5), id(5), "self.vhd");
        for (var name : List.of("1", "2", "3", "4", "self")) {
            assertLeftOut("web/" + name + ".vhd", "circle");
        }
        assertEquals(List.of(), scan().backups());
    }

    @Test
    void aLongChainIsFollowedToItsBeginning() throws IOException {
        int length = 1000;
        whole("web/0.vhd", id(1));
        for (int i = 1; i < length; i++) {
            delta("web/%d.vhd".formatted(i), id(i + 1), id(i), (i - 1) + ".vhd");
        }
        assertEquals(length, chain(scan().backups().getLast()).size());
    }

    @Test
    void looseImagesCountByTheirFootersUnlessThoseCannotBe() throws IOException {
        whole("web/told.vhd", new VhdIdentity(new UUID(0, 1), MONDAY.minusSeconds(3600)));
        assertEquals(MONDAY.minusSeconds(3600), onlyBackup().time());
        whole("web/told.vhd", new VhdIdentity(new UUID(0, 1), MONDAY.plusSeconds(30L * 365 * 86_400)));
        assertEquals(MONDAY, onlyBackup().time());
        whole("web/told.vhd", id(1));
        assertEquals(MONDAY, onlyBackup().time());
        assertEquals("web", onlyBackup().machine());
    }

    @Test
    void chainsOfOneFolderAreDisksOfOneMachine() throws IOException {
        whole("web/data.vhd", id(1));
        whole("web/root.vhd", id(2));
        assertEquals(List.of("xvda", "xvdb"), onlyBackup().content().diskNames());
        var named = History.scan(share, new Assumptions(Optional.of("mail"), ZoneOffset.UTC));
        assertEquals("mail", named.backups().getFirst().machine());
    }

    @Test
    void aChildIsYoungerThanItsParentAlthoughBothWereCopiedAtOnce() throws IOException {
        whole("web/b.vhd", id(1));
        delta("web/a.vhd", id(2), id(1), "b.vhd");
        delta("web/c.vhd", id(3), id(1), "b.vhd");
        var backups = scan().backups();
        assertEquals(List.of(MONDAY, MONDAY.plusSeconds(1), MONDAY.plusSeconds(2)),
                backups.stream().map(PastBackup::time).toList());
        assertEquals(List.of("b.vhd", "a.vhd", "c.vhd"),
                backups.stream().map(backup -> backup.file().getFileName().toString()).toList());
    }

    @Test
    void linksOutOfTheTreeAreToldAndNotFollowed() throws IOException {
        var outside = Files.createDirectory(folder.resolve("outside"));
        Files.writeString(outside.resolve("secret.xva"), "");
        xva("web.xva", "web", MONDAY);
        Files.createSymbolicLink(share.resolve("away"), outside);
        Files.createSymbolicLink(share.resolve("file.xva"), outside.resolve("secret.xva"));
        Files.createSymbolicLink(share.resolve("dangling.vhd"), folder.resolve("gone"));
        Files.createSymbolicLink(share.resolve("latest.xva"), share.resolve("web.xva"));
        Files.createSymbolicLink(share.resolve("up"), share);
        assertLeftOut("away", "out of the tree");
        assertLeftOut("file.xva", "out of the tree");
        assertLeftOut("dangling.vhd", "nowhere");
        assertEquals(3, scan().leftOut().size());
        assertEquals(1, scan().backups().size());
        var link = Files.createSymbolicLink(folder.resolve("link"), share);
        assertEquals(1, History.scan(link, new Assumptions(Optional.empty(), ZoneOffset.UTC)).backups().size());
    }

    @Test
    void whatOthersHaveNotFinishedIsPassedOver() throws IOException {
        Files.writeString(file(FOLDER + VDIS + ".20260105T020000Z.vhd"), "");
        Files.writeString(file(".trash/web.xva"), "");
        Files.writeString(file(FOLDER + "cache.json.gz"), "");
        assertEquals(new History(List.of(), List.of()), scan());
    }

    @Test
    void whatIsNoDirectoryIsAnError() throws IOException {
        var file = Files.writeString(folder.resolve("file"), "");
        var assumptions = new Assumptions(Optional.empty(), ZoneOffset.UTC);
        assertThrows(NotDirectoryException.class, () -> History.scan(file, assumptions));
        assertThrows(NoSuchFileException.class, () -> History.scan(folder.resolve("gone"), assumptions));
    }
}
