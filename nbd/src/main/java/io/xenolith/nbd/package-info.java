/// The NBD protocol on Netty: a client that reads any server, and a server of read-only or scratch exports. It knows the
/// protocol and nothing of backups.
package io.xenolith.nbd;
