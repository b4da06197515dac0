/// Reading chunks and nodes: from an id by the index to a frame in a pack, and back to bytes that have been compared with
/// the id.
package io.xenolith.repository.read;
