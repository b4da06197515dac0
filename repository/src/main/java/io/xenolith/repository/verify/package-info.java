/// Verifying: comparing what is stored with its ids, and structures with each other.
package io.xenolith.repository.verify;
