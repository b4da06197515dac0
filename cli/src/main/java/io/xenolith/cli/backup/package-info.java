/// Backups: the commands, one for each kind of source, and the way that all of them share.
package io.xenolith.cli.backup;
