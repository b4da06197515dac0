/// What a pool refuses, sorted by what its caller does about it. A host answers with a code and strings;
/// [io.xenolith.source.xapi.error.ErrorTable] knows the codes that backups meet and turns each into one of these:
///
/// | exception                | what the caller does                                                         |
/// |--------------------------|------------------------------------------------------------------------------|
/// | `BusyException`          | asks again after `retryAfter()`                                               |
/// | `GoneException`          | counts it as done when deleting; otherwise falls back to a full               |
/// | `UnavailableException`   | takes another way: a full instead of changed blocks, another transport       |
/// | `RefusedException`       | tells a person, whose turn it is; the message says what to do                 |
/// | `SessionLostException`   | nothing: a new session is open, and only a call that changes things comes here |
/// | `NotMasterException`     | nothing: the session goes to the named host                                   |
/// | `CancelledException`     | stops                                                                         |
/// | `FaultyCallException`    | reports a fault of this program, or an answer that it does not know           |
package io.xenolith.source.xapi.error;
