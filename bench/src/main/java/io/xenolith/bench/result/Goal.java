package io.xenolith.bench.result;

/// What is aimed at beside other tools: `bench/goals.json` is a list of these.
///
/// @param step   of [PeerResults]
/// @param goal   for people
/// @param figure `seconds`, `cpuSeconds`, `memoryMib` or `mib`
/// @param beside the name of the row that Xenolith's figure is divided by; empty if the figure itself is the goal's
/// @param most   that may come out
public record Goal(String step, String goal, String figure, String beside, double most) {
}
