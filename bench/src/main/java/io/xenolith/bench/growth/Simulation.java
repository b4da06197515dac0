package io.xenolith.bench.growth;

import java.util.List;

/// Something that grows, and what becomes of the rest meanwhile.
interface Simulation {

    /// What it is called on the command line.
    String name();

    /// Lets it grow in `run`'s folder, which is removed afterwards.
    List<Figure> measure(Run run) throws Exception;
}
