/// Disks behind NBD servers, as the engine sees disks.
package io.xenolith.source.nbd;
