package io.xenolith.source.xapi.error;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class XapiExceptionTest {

    @ParameterizedTest
    @CsvSource({
        "SESSION_INVALID, SessionLostException", "HOST_IS_SLAVE, NotMasterException",
        "TASK_CANCELLED, CancelledException", "HANDLE_INVALID, GoneException", "UUID_INVALID, GoneException",
        "VDI_IN_USE, BusyException", "OTHER_OPERATION_IN_PROGRESS, BusyException", "HOST_OFFLINE, BusyException",
        "NOT_SUPPORTED_DURING_UPGRADE, BusyException", "SR_BACKEND_FAILURE_109, BusyException",
        "SR_BACKEND_FAILURE_459, UnavailableException", "SR_BACKEND_FAILURE_460, UnavailableException",
        "LICENCE_RESTRICTION, UnavailableException", "LICENSE_RESTRICTION, UnavailableException",
        "MESSAGE_METHOD_UNKNOWN, UnavailableException", "MESSAGE_PARAMETER_COUNT_MISMATCH, UnavailableException",
        "SR_BACKEND_FAILURE_44, RefusedException", "SR_BACKEND_FAILURE_999, RefusedException",
        "IMPORT_ERROR, RefusedException", "IMPORT_ERROR_PREMATURE_EOF, RefusedException",
        "RBAC_PERMISSION_DENIED, RefusedException", "OPERATION_BLOCKED, RefusedException",
        "INTERNAL_ERROR, FaultyCallException", "SOMETHING_NEW, FaultyCallException"})
    void theClassSaysWhatToDo(String code, String exception) {
        var e = XapiException.of("X.y", List.of(code, "a", "b"));
        assertEquals(exception, e.getClass().getSimpleName());
        assertEquals(code, e.code());
        assertEquals(List.of("a", "b"), e.parameters());
        assertTrue(e.getMessage().startsWith("X.y: " + code + " [a, b]: "), e.getMessage());
    }

    @Test
    void anUpgradeTakesLongerThanADetachment() {
        var upgrade = assertInstanceOf(BusyException.class,
                XapiException.of("X.y", List.of("NOT_SUPPORTED_DURING_UPGRADE")));
        var inUse = assertInstanceOf(BusyException.class, XapiException.of("X.y", List.of("VDI_IN_USE")));
        assertTrue(upgrade.retryAfter().compareTo(inUse.retryAfter().plus(Duration.ofMinutes(1))) > 0);
    }

    @Test
    void aStorageDriversTextIsShown() {
        var e = XapiException.of("VDI.create", List.of("SR_BACKEND_FAILURE_44", "", "not enough space [opterr=x]", ""));
        assertTrue(e.getMessage().contains("not enough space [opterr=x]"), e.getMessage());
    }

    @Test
    void sessionsAreHidden() {
        for (var description : List.of(List.of("SESSION_INVALID", "OpaqueRef:secret"),
                List.of("HANDLE_INVALID", "session", "OpaqueRef:secret"))) {
            var e = XapiException.of("X.y", description);
            assertFalse((e + e.parameters().toString()).contains("secret"), e.getMessage());
        }
    }

    @Test
    void aFailureWithoutReasonIsStillOne() {
        assertInstanceOf(FaultyCallException.class, XapiException.of("X.y", List.of()));
    }

    @Test
    void longParametersAreCutInTheMessageOnly() {
        var e = XapiException.of("X.y", List.of("INTERNAL_ERROR", "x".repeat(10_000)));
        assertTrue(e.getMessage().length() < 1_000);
        assertEquals(10_000, e.parameters().getFirst().length());
    }
}
