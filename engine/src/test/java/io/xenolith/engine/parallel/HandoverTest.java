package io.xenolith.engine.parallel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class HandoverTest {

    @Test
    void eachThingIsTakenByOneAndTheEndByAll() throws Exception {
        var handover = new Handover<Integer>(2);
        var taken = Collections.synchronizedList(new ArrayList<Integer>());
        Callable<Void> taker = () -> {
            for (var thing = handover.take(); thing.isPresent(); thing = handover.take()) {
                taken.add(thing.get());
            }
            return null;
        };
        Callable<Void> giver = () -> {
            for (int i = 0; i < 1000; i++) {
                handover.give(i);
            }
            handover.end();
            return null;
        };
        Crew.all("handover", 4, List.of(taker, taker, taker, giver));
        assertEquals(IntStream.range(0, 1000).boxed().toList(), taken.stream().sorted().toList());
    }
}
