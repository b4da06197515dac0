package io.xenolith.cli.pool;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.xenolith.cli.Terminal;
import io.xenolith.cli.Xenolith;
import io.xenolith.sim.SimulatedPool;
import io.xenolith.sim.pool.Role;
import io.xenolith.source.xapi.http.Fingerprint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateEncodingException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class PoolCommandsTest {

    private static final String SECRET = "swordfish-7531";
    private static final long MIB = 1 << 20;

    @TempDir
    Path folder;

    private Path root;
    private Xenolith xenolith;
    private SimulatedPool pool;

    @BeforeEach
    void names() {
        root = folder.resolve("repository");
        xenolith = Xenolith.at(root).with("XENOLITH_POOL_PASSWORD", SECRET);
    }

    @AfterEach
    void nothingIsLeftOnThePool() throws IOException {
        if (pool != null) {
            assertTrue(pool.leftovers().isEmpty(), () -> "left on the pool, such as sessions");
            pool.close();
        }
    }

    private SimulatedPool simulate(UnaryOperator<SimulatedPool.Builder> how) throws IOException {
        return how.apply(SimulatedPool.builder().directory(Files.createTempDirectory(folder, "pool"))
                .account("root", SECRET, Role.POOL_ADMIN)).start();
    }

    private void start() throws IOException {
        pool = simulate(builder -> builder);
    }

    private void makeRepository(String... options) {
        xenolith.with("XENOLITH_PASSWORD", "the repository's");
        var args = new String[1 + options.length];
        args[0] = "init";
        System.arraycopy(options, 0, args, 1, options.length);
        xenolith.ok(args);
    }

    private String address() {
        return pool.url().toString();
    }

    /// Adds the pool as `lab`, by its fingerprint.
    private JsonNode add(String... options) {
        var given = List.of("pool", "add", "lab", address(), "--fingerprint", pool.fingerprint());
        var args = Stream.concat(given.stream(), List.of(options).stream()).toArray(String[]::new);
        return xenolith.json(args);
    }

    /// Every byte of the repository, and the names of its files.
    private String stored() throws IOException {
        var all = new StringBuilder();
        try (var files = Files.walk(root)) {
            for (var file : files.filter(Files::isRegularFile).toList()) {
                all.append(file).append(new String(Files.readAllBytes(file), ISO_8859_1));
            }
        }
        return all.toString();
    }

    private int settings() throws IOException {
        if (!Files.exists(root.resolve("settings"))) {
            return 0;
        }
        try (var files = Files.walk(root.resolve("settings"))) {
            return (int) files.filter(Files::isRegularFile).count();
        }
    }

    @Test
    void aPoolThatWasAddedByItsFingerprintIsFoundAgainWithoutItsPassword() throws IOException {
        start();
        makeRepository("--encrypt");
        var added = add();
        assertEquals(Set.of("pool", "product", "usable"), Xenolith.keys(added));
        assertEquals("XCP-ng 8.2.1", added.get("product").stringValue());
        xenolith.with("XENOLITH_POOL_PASSWORD", "");
        var listed = xenolith.json("pool", "list").get("pools").get(0);
        assertEquals(added.get("pool"), listed);
        assertEquals(Set.of("name", "host", "user", "trust", "fingerprints", "password"), Xenolith.keys(listed));
        assertEquals("kept", listed.get("password").stringValue());
        assertEquals(Fingerprint.parse(pool.fingerprint()).toString(), listed.get("fingerprints").get(0).stringValue());
        var table = xenolith.ok("pool", "list");
        assertTrue(table.text().contains("lab") && table.text().contains("root"), table.text());
        var tested = xenolith.ok("-v", "pool", "test", "lab");
        assertFalse((added.toString() + listed + table.text() + table.err() + tested.text() + tested.err()).contains(SECRET));
        var stored = stored();
        assertFalse(stored.contains(SECRET) || stored.contains("fingerprints") || stored.contains("lab/"), "in the clear");
        // and nobody trips over the settings
        xenolith.ok("verify", "--read-data");
        xenolith.ok("prune", "--keep-last", "1");
        assertEquals(1, settings());
    }

    @Test
    void aWrongFingerprintIsToldBesideTheRightOneAndNothingIsKept() throws IOException {
        start();
        makeRepository();
        var wrong = "ab".repeat(32);
        xenolith.fails(1, List.of("nothing was sent", Fingerprint.parse(wrong).toString(),
                Fingerprint.parse(pool.fingerprint()).toString()), "pool", "add", "lab", address(), "--fingerprint", wrong);
        xenolith.fails(2, List.of("--fingerprint", "64 hexadecimal"), "pool", "add", "lab", address(), "--fingerprint", "ab");
        assertEquals(0, settings());
    }

    @Test
    void aWrongPasswordIsToldAndNothingIsKept() throws IOException {
        start();
        makeRepository("--encrypt");
        xenolith.with("XENOLITH_POOL_PASSWORD", "guess-9753");
        var refused = xenolith.fails(1, List.of("password is wrong"), "pool", "add", "lab", address(),
                "--trust-first-certificate");
        assertFalse(refused.err().contains("guess-9753"));
        xenolith.with("XENOLITH_POOL_PASSWORD", "");
        xenolith.fails(2, List.of("XENOLITH_POOL_PASSWORD_FILE"), "pool", "add", "lab", address(), "--trust-first-certificate");
        assertEquals(0, settings());
    }

    /// Somebody who gives one answer to everything.
    private record Person(boolean yes, List<String> asked) implements Terminal {
        @Override
        public boolean showsErrors() {
            return false;
        }

        @Override
        public Optional<char[]> askPassword(String question) {
            asked.add(question);
            return Optional.of(SECRET.toCharArray());
        }

        @Override
        public Optional<Boolean> confirm(String question) {
            asked.add(question);
            return Optional.of(yes);
        }
    }

    @Test
    void aCertificateThatNobodyNamedIsShownAndHasToBeConfirmed() throws IOException {
        start();
        makeRepository();
        xenolith.with("XENOLITH_POOL_PASSWORD", "");
        var shown = List.of(Fingerprint.parse(pool.fingerprint()).toString(), "subject", "CN=", "valid");
        var nobody = new ArrayList<>(shown);
        nobody.addAll(List.of("--fingerprint", "--ca", "--trust-first-certificate"));
        xenolith.fails(2, nobody, "pool", "add", "lab", address());
        xenolith.terminal(new Person(false, new ArrayList<>()));
        xenolith.fails(1, List.of("was not confirmed"), "pool", "add", "lab", address());
        assertEquals(0, settings());
        var person = new Person(true, new ArrayList<>());
        xenolith.terminal(person).ok("pool", "add", "lab", address());
        assertEquals(2, person.asked().size(), person.asked()::toString);
        assertTrue(person.asked().getLast().startsWith("Password of root"), person.asked().getLast());
    }

    @Test
    void anAuthorityIsKeptWithThePool() throws IOException {
        start();
        makeRepository();
        var encoded = Base64.getMimeEncoder().encodeToString(encoded());
        var file = Files.writeString(folder.resolve("ca.pem"),
                "-----BEGIN CERTIFICATE-----\n" + encoded + "\n-----END CERTIFICATE-----\n");
        xenolith.ok("pool", "add", "lab", address(), "--ca", file.toString());
        Files.delete(file);
        assertEquals("authority", xenolith.json("pool", "list").get("pools").get(0).get("trust").stringValue());
        xenolith.ok("pool", "test", "lab");
    }

    private byte[] encoded() {
        try {
            return pool.certificate().getEncoded();
        } catch (CertificateEncodingException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void whoChecksNoCertificateIsWarnedEveryTime() throws IOException {
        start();
        makeRepository();
        var warning = "certificates of pool lab are not checked";
        assertTrue(xenolith.ok("-q", "pool", "add", "lab", address(), "--insecure").err().contains(warning));
        assertTrue(xenolith.ok("-q", "pool", "test", "lab").err().contains(warning));
        assertTrue(xenolith.ok("-q", "vm", "list", "--pool", "lab").err().contains(warning));
        xenolith.fails(2, List.of("--insecure"), "pool", "add", "lab", address(), "--insecure", "--trust-first-certificate");
    }

    @Test
    void aCertificateThatChangedIsRefusedUntilThePoolIsReplaced() throws IOException {
        start();
        makeRepository();
        try (var renewed = simulate(builder -> builder); var relay = Relay.to(pool.url())) {
            xenolith.ok("pool", "add", "lab", relay.address(), "--fingerprint", pool.fingerprint());
            xenolith.ok("pool", "test", "lab");
            relay.lead(renewed.url());
            var now = Fingerprint.parse(renewed.fingerprint()).toString();
            xenolith.fails(1, List.of(Fingerprint.parse(pool.fingerprint()).toString(), now, "pool add lab", "--replace"),
                    "pool", "test", "lab");
            xenolith.fails(1, List.of("--replace"), "pool", "add", "lab", relay.address(), "--fingerprint", now);
            xenolith.ok("pool", "add", "lab", relay.address(), "--fingerprint", now, "--replace");
            xenolith.ok("pool", "test", "lab");
            assertEquals(1, settings());
            assertTrue(renewed.leftovers().isEmpty());
        }
    }

    @Test
    void whatWasRemovedIsGoneAndOnlyKnownPoolsCanBe() throws IOException {
        start();
        makeRepository("--encrypt");
        assertTrue(xenolith.ok("pool", "list").text().contains("no pools"));
        add();
        xenolith.fails(1, List.of("'lob'", "pool list"), "pool", "remove", "lob");
        xenolith.fails(1, List.of("'lob'", "pool list"), "pool", "test", "lob");
        xenolith.fails(1, List.of("'lob'", "pool list"), "vm", "list", "--pool", "lob");
        xenolith.fails(2, List.of("no name for a pool"), "pool", "remove", "../lab");
        assertEquals("lab", xenolith.json("pool", "remove", "lab").get("removed").stringValue());
        assertEquals(0, settings());
        assertEquals(0, xenolith.json("pool", "list").get("pools").size());
    }

    @Test
    void aRepositoryThatIsNotEncryptedKeepsNoPasswordAndSaysSo() throws IOException {
        start();
        makeRepository();
        var added = xenolith.ok("pool", "add", "lab", address(), "--fingerprint", pool.fingerprint());
        assertTrue(added.err().contains("not encrypted, so the password was not kept"), added.err());
        assertFalse(stored().contains(SECRET));
        assertEquals("asked", xenolith.json("pool", "list").get("pools").get(0).get("password").stringValue());
        xenolith.ok("pool", "test", "lab");
        xenolith.with("XENOLITH_POOL_PASSWORD", "");
        xenolith.fails(2, List.of("Password of root at the pool lab", "XENOLITH_POOL_PASSWORD"), "pool", "test", "lab");
    }

    @Test
    void aPasswordIsReadFromItsFileOrCommandAtEveryUse() throws IOException {
        start();
        makeRepository();
        xenolith.with("XENOLITH_POOL_PASSWORD", "");
        var file = Files.writeString(folder.resolve("password"), SECRET + "\n");
        assertEquals("file", add("--pool-password-file", file.toString()).get("pool").get("password").stringValue());
        xenolith.ok("pool", "test", "lab");
        assertEquals("command", add("--replace", "--pool-password-command", "cat '%s'; echo more".formatted(file)).get("pool")
                .get("password").stringValue());
        xenolith.ok("pool", "test", "lab");
        Files.writeString(file, "");
        xenolith.fails(1, List.of("holds no password"), "pool", "add", "x", address(), "--insecure", "--pool-password-file",
                file.toString());
        Files.delete(file);
        xenolith.fails(1, List.of("holds no password"), "pool", "add", "x", address(), "--insecure",
                "--pool-password-command", "echo");
        xenolith.fails(1, List.of("ended with status 3"), "pool", "add", "x", address(), "--insecure",
                "--pool-password-command", "echo x; exit 3");
        xenolith.fails(1, List.of("ended with status"), "pool", "add", "x", address(), "--insecure",
                "--pool-password-command", "exec cat /dev/zero");
        xenolith.fails(2, List.of("--pool-password"), "pool", "add", "x", address(), "--insecure",
                "--pool-password-command", "echo x", "--pool-password-file", "x");
    }

    @Test
    void theTestTellsWhatTheAccountMayDoAndWhatThePoolLacks() throws IOException {
        start();
        makeRepository();
        add();
        var bare = xenolith.json("pool", "test", "lab");
        assertEquals(Set.of("pool", "poolName", "user", "usable", "mayBackUp", "mayRestore", "mayTrackChanges",
                "changeTracking", "nbd", "hosts", "storages", "findings"), Xenolith.keys(bare));
        assertTrue(bare.get("usable").booleanValue() && bare.get("changeTracking").booleanValue(), bare::toString);
        assertEquals("XCP-ng 8.2.1", bare.get("hosts").get(0).get("product").stringValue());
        assertFalse(bare.get("nbd").booleanValue());
        var finding = bare.get("findings").get(0);
        assertEquals("slows", finding.get("weight").stringValue());
        assertTrue(finding.get("nextStep").stringValue().startsWith("xe network-param-add"), finding::toString);
        var text = xenolith.ok("pool", "test", "lab").text();
        assertTrue(text.contains("disks by NBD: no") && text.contains("next: xe network-param-add"), text);

        pool.serveNbd(true);
        var served = xenolith.json("pool", "test", "lab");
        assertTrue(served.get("nbd").booleanValue());
        assertEquals(0, served.get("findings").size(), served::toString);
    }

    @Test
    void aLicenceWithoutChangeTrackingSlowsBackupsAndPreventsNone() throws IOException {
        pool = simulate(builder -> builder.restrict("restrict_cbt"));
        makeRepository();
        add();
        var tested = xenolith.json("pool", "test", "lab");
        assertTrue(tested.get("usable").booleanValue());
        assertFalse(tested.get("changeTracking").booleanValue());
        assertTrue(tested.get("findings").toString().contains("the licence does not include changed block tracking"),
                tested::toString);
    }

    @Test
    void theRoleOfTheAccountDecidesWhetherItWillDo() throws IOException {
        pool = simulate(builder -> builder.account("watcher", SECRET, Role.READ_ONLY).account("admin", SECRET, Role.VM_ADMIN)
                .account("backup", SECRET, Role.VM_POWER_ADMIN));
        makeRepository();
        add("--user", "backup");
        assertTrue(xenolith.json("pool", "test", "lab").get("usable").booleanValue());
        add("--user", "admin", "--replace");
        assertEquals(List.of(false, true, true), abilities());
        var added = xenolith.ok("pool", "add", "lab", address(), "--fingerprint", pool.fingerprint(), "--user", "watcher",
                "--replace");
        assertTrue(added.err().contains("something prevents backups; 'xenolith pool test lab'"), added.err());
        assertEquals(List.of(false, false, false), abilities());
    }

    /// Of an account that will not do: whether it may back up, restore and track changes.
    private List<Boolean> abilities() {
        var outcome = xenolith.run("--json", "pool", "test", "lab");
        assertEquals(1, outcome.exitCode(), outcome.err());
        var tested = outcome.json();
        assertFalse(tested.get("usable").booleanValue());
        assertTrue(tested.get("findings").get(0).get("nextStep").stringValue().contains("vm-power-admin"), tested::toString);
        return Stream.of("mayBackUp", "mayRestore", "mayTrackChanges").map(key -> tested.get(key).booleanValue()).toList();
    }

    @Test
    void theMachinesAreListedWithTheirLastRestorePoints() throws IOException {
        start();
        var web = pool.addVm("web", 8 * MIB, 16 * MIB);
        pool.addVm("db", 4 * MIB);
        pool.addVm("evil\u009b31m");
        makeRepository();
        add();
        var image = Xenolith.image(folder.resolve("image"), 2 * MIB, 1, 0);
        xenolith.ok("backup", "image", "--vm", "web", "--time", "2026-01-01T00:00:00Z", image.toString());
        var point = xenolith.json("backup", "image", "--vm", "web", "--time", "2026-01-02T03:04:05Z", image.toString());
        var machines = xenolith.json("vm", "list", "--pool", "lab").get("vms");
        assertEquals(List.of("db", "evil\u009b31m", "web"), List.of(machines.get(0).get("name").stringValue(),
                machines.get(1).get("name").stringValue(), machines.get(2).get("name").stringValue()));
        var listed = machines.get(2);
        assertEquals(Set.of("name", "uuid", "powerState", "disks", "size", "changeTracking", "tags", "lastPoint"),
                Xenolith.keys(listed));
        assertEquals(web.uuid(), listed.get("uuid").stringValue());
        assertEquals("halted", listed.get("powerState").stringValue());
        assertEquals(2, listed.get("disks").intValue());
        assertEquals(24 * MIB, listed.get("size").longValue());
        assertEquals("off", listed.get("changeTracking").stringValue());
        assertEquals(point.get("point"), listed.get("lastPoint").get("id"));
        assertTrue(machines.get(0).get("lastPoint").isNull());
        var table = xenolith.ok("vm", "list", "--pool", "lab").text();
        assertTrue(table.contains("2026-01-02 03:04:05") && table.contains("none") && table.contains("evil?31m"), table);
        assertFalse(table.contains("\u009b"), "a name writes to the terminal");
        assertEquals(0, xenolith.json("vm", "list", "--pool", "lab", "--templates").get("vms").size());
    }

    @Test
    void aPoolThatCannotBeReachedIsToldByItsAddress() throws IOException {
        makeRepository();
        xenolith.fails(1, List.of("127.0.0.1:1"), "pool", "add", "lab", "127.0.0.1:1", "--insecure");
        xenolith.fails(1, List.of("127.0.0.1:1"), "pool", "add", "lab", "127.0.0.1:1", "--trust-first-certificate");
        xenolith.fails(2, List.of("not an address"), "pool", "add", "lab", "http://127.0.0.1", "--insecure");
        Xenolith.at(folder.resolve("nowhere")).fails(1, List.of("no repository"), "pool", "add", "lab", "127.0.0.1:1",
                "--insecure");
    }
}
