package io.xenolith.repository.report;

import java.time.Instant;
import java.time.LocalDate;
import java.util.List;

/// Capacity and deduplication of a repository. All figures are in bytes.
///
/// @param virtualBytes  sizes of all disks of all restore points
/// @param logicalBytes  the same without holes: what the points would take one by one, uncompressed
/// @param uniqueBytes   of different chunks, before compression
/// @param storedBytes   that the repository takes: packs, index segments, restore points and the rest, but for the index
/// @param dataBytes     of these, in data packs
/// @param mapBytes      of these, in map packs
/// @param unneededBytes about what pruning could free without removing a point
public record Report(int points, long virtualBytes, long logicalBytes, long uniqueBytes, long storedBytes,
        long dataBytes, long mapBytes, long unneededBytes, List<VmReport> vms, List<Growth> growth) {

    /// How many times what is stored once would be there without deduplication.
    public double dedupRatio() {
        return ratio(logicalBytes, uniqueBytes);
    }

    /// How many times smaller the different chunks are in the packs.
    public double compressionRatio() {
        return ratio(uniqueBytes, dataBytes - Math.min(dataBytes, unneededBytes));
    }

    private static double ratio(long whole, long part) {
        return part <= 0 ? 1 : (double) whole / part;
    }

    /// A machine's part.
    ///
    /// @param uniqueBytes of different chunks that its points need, before compression
    /// @param freedBytes  about what pruning would free in packs if all its points went
    public record VmReport(String vm, int points, long virtualBytes, long logicalBytes, long uniqueBytes, long freedBytes,
            List<PointReport> restorePoints) {
    }

    /// A restore point's part.
    ///
    /// @param newBytes   of chunks that no earlier point needs, before compression
    /// @param freedBytes about what pruning would free in packs if it alone went
    public record PointReport(String id, Instant time, long logicalBytes, long newBytes, long freedBytes) {
    }

    /// What had accumulated at the end of a day on which there were backups.
    ///
    /// @param uniqueBytes of different chunks of the points up to then that are still there, before compression
    /// @param packedBytes about what these take in packs
    public record Growth(LocalDate day, int points, long uniqueBytes, long packedBytes) {
    }
}
