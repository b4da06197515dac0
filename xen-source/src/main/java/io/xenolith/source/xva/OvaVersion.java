package io.xenolith.source.xva;

/// Who wrote an archive. A text is empty and a number 0 where the archive does not say.
///
/// @param hostname       free text, `localhost` in current hosts
/// @param date           when the toolstack was built, like `2024-05-14`
/// @param productVersion like `8.3.0`
/// @param productBrand   `XCP-ng` or `XenServer`
/// @param buildNumber    free text
/// @param xapiMajor      with `xapiMinor`, the lowest toolstack that imports the archive
/// @param exportVersion  2 since 2008: a checksum behind each chunk. 1 has a table of checksums besides, 0 nothing else
public record OvaVersion(String hostname, String date, String productVersion, String productBrand, String buildNumber,
        long xapiMajor, long xapiMinor, long exportVersion) {

    /// Whether a table of checksums may end the archive.
    boolean hasTable() {
        return exportVersion < 2;
    }

    /// Whether a checksum follows each chunk in any case.
    boolean hasChecksums() {
        return exportVersion >= 1;
    }
}
