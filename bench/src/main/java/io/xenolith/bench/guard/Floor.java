package io.xenolith.bench.guard;

/// What a guard promises.
///
/// @param name      of the guard, see [Subjects]
/// @param what      is guarded, for people
/// @param reference what it is compared with, for people
/// @param floor     the least ratio of our rate to the reference's
record Floor(String name, String what, String reference, double floor) {
}
