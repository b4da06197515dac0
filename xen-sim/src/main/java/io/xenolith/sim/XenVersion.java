package io.xenolith.sim;

import io.xenolith.sim.model.ApiVersion;

/// The releases that a simulated pool can be, and what tells them apart for a backup program.
public enum XenVersion {
    XENSERVER_7_3("XenServer", "7.3.0", new ApiVersion(2, 8), 1, 9),
    XENSERVER_8_0("XenServer", "8.0.0", new ApiVersion(2, 12), 1, 20),
    XCP_NG_8_2("XCP-ng", "8.2.1", new ApiVersion(2, 15), 1, 20),
    XCP_NG_8_3("XCP-ng", "8.3.0", new ApiVersion(2, 21), 25, 6);

    private final String brand;
    private final String product;
    private final ApiVersion api;
    private final int xapiMajor;
    private final int xapiMinor;

    XenVersion(String brand, String product, ApiVersion api, int xapiMajor, int xapiMinor) {
        this.brand = brand;
        this.product = product;
        this.api = api;
        this.xapiMajor = xapiMajor;
        this.xapiMinor = xapiMinor;
    }

    public String brand() {
        return brand;
    }

    public String product() {
        return product;
    }

    public ApiVersion api() {
        return api;
    }

    /// The first half of the version in an XVA, by which an older host refuses a newer archive.
    public int xapiMajor() {
        return xapiMajor;
    }

    public int xapiMinor() {
        return xapiMinor;
    }

    /// Whether `/export` understands `use_compression=zstd`.
    public boolean exportsZstd() {
        return this != XENSERVER_7_3;
    }

    /// Whether an XVA's chunks carry XXH64 rather than SHA-1.
    public boolean writesXxhash() {
        return compareTo(XCP_NG_8_2) >= 0;
    }

    /// Whether `VM.snapshot` can leave disks out.
    public boolean snapshotsIgnoreVdis() {
        return this == XCP_NG_8_3;
    }

    /// Whether guests can be quiesced; gone since 8.1.
    public boolean quiesces() {
        return compareTo(XCP_NG_8_2) < 0;
    }

    /// Whether a request's headers are limited to 1006 bytes.
    public boolean limitsHeaders() {
        return compareTo(XCP_NG_8_2) >= 0;
    }

    /// Whether a VM may have a virtual TPM.
    public boolean hasVtpm() {
        return this == XCP_NG_8_3;
    }

    /// Whether a metadata export can leave kinds of devices out.
    public boolean excludesDevices() {
        return this == XCP_NG_8_3;
    }

    /// Whether a raw disk can be exported and imported as `tar`.
    public boolean exportsTar() {
        return this != XENSERVER_7_3;
    }

    /// Whether change tracking is bound to a paid edition.
    public boolean licensesFeatures() {
        return brand.equals("XenServer");
    }
}
