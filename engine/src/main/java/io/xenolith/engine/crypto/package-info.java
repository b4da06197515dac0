/// Encryption: from a password to the bytes of an object.
///
/// ```text
///   password ──Argon2id──▶ slot key ──unwraps──▶ master key ──HKDF──▶ one key for each object ──AES-256-GCM──▶ bytes
///              parameters in the key slot      random, 32 bytes     purpose and name          counter nonces
/// ```
/// - **Why slots.** A password can be added, changed or removed without touching what the master key encrypts.
///   Removing one does not help against somebody who kept a copy of the slot and knows its password.
/// - **Why a key for each object.** Nonces need only be unique inside one object, where a counter makes them so. With one
///   key and random nonces a large repository would come near the bound at which one repeats.
/// - **What readers check.** Each sealed message authenticates its bytes, its object (by the key), its place there (by the
///   counter) and what else its format binds to it (the associated data). An object that is missing or that was replaced
///   by an older copy of itself is for the formats above to notice.
/// - **What is left in memory.** Keys and password bytes are wiped as soon as possible, but the JVM moves and copies
///   arrays: this shortens the time in which a memory dump tells them, it does not end it.
package io.xenolith.engine.crypto;
