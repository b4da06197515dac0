package io.xenolith.source.vhd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Programs that know VHD without us.
final class Peer {

    private Peer() {
    }

    /// What `qemu-img` prints.
    static String qemuImg(Object... arguments) throws IOException, InterruptedException {
        return run(List.of("qemu-img"), arguments);
    }

    /// What the images' maker and reader in Python prints, see `vhd_peer.py`.
    static String python(Object... arguments) throws IOException, InterruptedException {
        try {
            var program = Path.of(Peer.class.getResource("vhd_peer.py").toURI());
            return run(List.of("python3", program.toString()), arguments);
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String run(List<String> program, Object... arguments) throws IOException, InterruptedException {
        var command = new ArrayList<>(program);
        for (var argument : arguments) {
            command.add(argument.toString());
        }
        var process = start(command);
        var said = new String(process.getInputStream().readAllBytes());
        assertEquals(0, process.waitFor(), () -> String.join(" ", command) + ": " + said);
        return said;
    }

    private static Process start(List<String> command) {
        try {
            return new ProcessBuilder(command).redirectErrorStream(true).start();
        } catch (IOException e) {
            return abort(command.getFirst() + " is not installed here");
        }
    }
}
