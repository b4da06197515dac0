package io.xenolith.source.xapi.error;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/// The codes that backups and restores meet, what to do about each, and what to tell the person who reads it. What a
/// storage driver says comes as `SR_BACKEND_FAILURE_<number>` with its text in the second parameter.
final class ErrorTable {
    private static final Duration SECONDS = Duration.ofSeconds(5);
    private static final Duration HOURS = Duration.ofHours(1);
    private static final Map<String, Entry> ENTRIES = new HashMap<>();

    private enum Sort { BUSY, BUSY_FOR_HOURS, GONE, UNAVAILABLE, REFUSED, FAULTY, SESSION, MASTER, CANCELLED }

    private record Entry(Sort sort, String nextStep) {
    }

    private ErrorTable() {
    }

    static XapiException sort(Failure failure) {
        var entry = entry(failure.code());
        var next = entry.nextStep();
        return switch (entry.sort()) {
            case BUSY -> new BusyException(failure, next, SECONDS);
            case BUSY_FOR_HOURS -> new BusyException(failure, next, HOURS);
            case GONE -> new GoneException(failure, next);
            case UNAVAILABLE -> new UnavailableException(failure, next);
            case REFUSED -> new RefusedException(failure, next);
            case FAULTY -> new FaultyCallException(failure, next);
            case SESSION -> new SessionLostException(failure, next);
            case MASTER -> new NotMasterException(failure, next);
            case CANCELLED -> new CancelledException(failure, next);
        };
    }

    private static Entry entry(String code) {
        var known = ENTRIES.get(code);
        if (known != null) {
            return known;
        }
        if (code.startsWith("SR_BACKEND_FAILURE_")) {
            return new Entry(Sort.REFUSED, "the storage driver failed; its text and the host's SMlog say why");
        }
        if (code.startsWith("IMPORT_ERROR")) {
            return new Entry(Sort.REFUSED, "the host cannot read what was sent; try another restore point or format");
        }
        return new Entry(Sort.FAULTY, "not expected here; the host's xensource.log says more");
    }

    private static void put(Sort sort, String nextStep, String... codes) {
        for (var code : codes) {
            ENTRIES.put(code, new Entry(sort, nextStep));
        }
    }

    static {
        put(Sort.SESSION, "the session has ended; log in again", "SESSION_INVALID");
        put(Sort.MASTER, "this host is a member; talk to the coordinator it names", "HOST_IS_SLAVE");
        put(Sort.CANCELLED, "it was cancelled at the pool or by this program", "TASK_CANCELLED");

        put(Sort.BUSY, "the host does not answer; check that it runs and can be reached",
                "HOST_STILL_BOOTING", "HOST_OFFLINE", "HOST_NOT_LIVE", "CANNOT_CONTACT_HOST");
        put(Sort.BUSY, "another operation is running; wait for it or cancel it (xe task-list)",
                "OTHER_OPERATION_IN_PROGRESS");
        put(Sort.BUSY, "the pool has too much to do; run fewer backups at a time",
                "TOO_MANY_PENDING_TASKS", "TOO_MANY_STORAGE_MIGRATES", "TOO_BUSY");
        put(Sort.BUSY, "the disk is attached somewhere; a host takes seconds to detach what was exported"
                + " (xe vbd-list vdi-uuid=… shows where)", "VDI_IN_USE");
        put(Sort.BUSY_FOR_HOURS, "the pool is being upgraded; finish the upgrade, then run again",
                "NOT_SUPPORTED_DURING_UPGRADE");
        put(Sort.BUSY_FOR_HOURS, "the chain of snapshots is too long; let the storage coalesce, and delete snapshots"
                + " that nobody needs", "SR_BACKEND_FAILURE_109");

        put(Sort.GONE, "it does not exist in this pool any more", "HANDLE_INVALID", "UUID_INVALID");

        put(Sort.UNAVAILABLE, "changed blocks are not tracked here; the whole disk is read",
                "VDI_NO_CBT_METADATA", "SR_BACKEND_FAILURE_459", "SR_BACKEND_FAILURE_460");
        put(Sort.UNAVAILABLE, "not possible while changed blocks are tracked (xe vdi-disable-cbt uuid=…)",
                "VDI_CBT_ENABLED");
        put(Sort.UNAVAILABLE, "a disk of this kind cannot be used so", "VDI_INCOMPATIBLE_TYPE");
        put(Sort.UNAVAILABLE, "the storage does not offer it", "SR_OPERATION_NOT_SUPPORTED");
        put(Sort.UNAVAILABLE, "the licence does not include it; the pool's edition decides (xe pool-param-get"
                + " param-name=restrictions)", "LICENCE_RESTRICTION", "LICENSE_RESTRICTION", "FEATURE_RESTRICTED");
        put(Sort.UNAVAILABLE, "this host's version does not know the call",
                "MESSAGE_METHOD_UNKNOWN", "MESSAGE_PARAMETER_COUNT_MISMATCH", "MESSAGE_REMOVED", "Fault");
        put(Sort.UNAVAILABLE, "the storage does not show the disk; scan it (xe sr-scan) and check its connection",
                "VDI_NOT_AVAILABLE");

        put(Sort.REFUSED, "the storage lost the disk; scan it (xe sr-scan) and check it", "VDI_MISSING");
        put(Sort.REFUSED, "user name or password is wrong", "SESSION_AUTHENTICATION_FAILED");
        put(Sort.REFUSED, "the account may not log in; give it a role in the pool", "SESSION_AUTHORIZATION_FAILED");
        put(Sort.REFUSED, "the account's role does not allow it; backups and restores need vm-power-admin",
                "RBAC_PERMISSION_DENIED");
        put(Sort.REFUSED, "the disk is larger than this format can be; use raw or qcow2", "VDI_TOO_LARGE");
        put(Sort.REFUSED, "the storage could not read or write the disk; check its space and the host's logs",
                "VDI_IO_ERROR");
        put(Sort.REFUSED, "a shared disk cannot be snapshotted; exclude it", "VDI_IS_SHARABLE");
        put(Sort.REFUSED, "a disk that is reset on boot cannot be snapshotted; exclude it",
                "VDI_ON_BOOT_MODE_INCOMPATIBLE_WITH_OPERATION");
        put(Sort.REFUSED, "the disk is read-only", "VDI_READONLY");
        put(Sort.REFUSED, "USB devices are passed through to the VM; detach them", "VM_HAS_VUSBS");
        put(Sort.REFUSED, "the VM must be in another power state; the parameters say which", "VM_BAD_POWER_STATE");
        put(Sort.REFUSED, "somebody blocked this operation on purpose; xe vm-param-remove param-name=blocked-operations"
                + " allows it again", "OPERATION_BLOCKED");
        put(Sort.REFUSED, "the host does not allow it now, for the reason it gives", "OPERATION_NOT_ALLOWED");
        put(Sort.REFUSED, "the storage is not attached to any host; plug it (xe pbd-plug)",
                "SR_HAS_NO_PBDS", "SR_NOT_ATTACHED");
        put(Sort.REFUSED, "the storage is full; free space or choose another storage",
                "SR_FULL", "SR_BACKEND_FAILURE_44", "PROVISION_FAILED_OUT_OF_SPACE");
        put(Sort.REFUSED, "the pool has no default storage; name one", "DEFAULT_SR_NOT_FOUND");
        put(Sort.REFUSED, "the VM was saved by a newer version than this pool's; restore it to a newer pool",
                "IMPORT_INCOMPATIBLE_VERSION");
        put(Sort.REFUSED, "the position is taken or does not exist", "DEVICE_ALREADY_EXISTS", "INVALID_DEVICE");
        put(Sort.REFUSED, "choose another MAC address", "MAC_INVALID");
        put(Sort.REFUSED, "another VM has the same seed of MAC addresses; restore under new addresses",
                "DUPLICATE_MAC_SEED");
        put(Sort.REFUSED, "the licence has expired", "LICENSE_EXPIRED");
        put(Sort.REFUSED, "a VM has at most one virtual TPM", "VTPM_MAX_AMOUNT_REACHED");
        put(Sort.REFUSED, "networks for NBD with and without TLS cannot stand side by side; remove one purpose",
                "NETWORK_INCOMPATIBLE_PURPOSES");
        put(Sort.REFUSED, "the host is disabled; enable it (xe host-enable)", "HOST_DISABLED");
        put(Sort.REFUSED, "the host is in emergency mode; it has lost its coordinator", "HOST_IN_EMERGENCY_MODE");
        put(Sort.REFUSED, "the disks that the VM needs are not on this pool's storage",
                "VDI_LOCATION_MISSING", "VDI_CONTENT_ID_MISSING");

        put(Sort.FAULTY, "please report this, with the host's xensource.log",
                "INTERNAL_ERROR", "VM_IS_SNAPSHOT", "VM_IS_TEMPLATE", "MAP_DUPLICATE_KEY", "FIELD_TYPE_ERROR",
                "INVALID_VALUE", "VALUE_NOT_SUPPORTED", "MEMORY_CONSTRAINT_VIOLATION_ORDER");
    }
}
