/// Restores: to files in any format, to devices, streams, and into a pool.
package io.xenolith.cli.restore;
