/// What goes over the wire, for both sides: every message is a record that encodes itself into a buffer and decodes itself
/// from one. Numbers are big-endian and unsigned. The format is the one of the NBD project's `doc/proto.md` (2025-06) and
/// of its branch `extension-ext-header`.
///
/// ```text
///   server  Greeting
///   client  ClientFlags
///   client  OptionHeader, OptionRequest    one at a time, until Go or ExportName ends the negotiation
///   server  OptionReplyHeader, OptionReply ...
///   client  Request [payload]              any number at a time, told apart by their cookies
///   server  SimpleReply [payload]  or  ChunkHeader [payload] ...
/// ```
/// - **Who checks lengths.** A header's `decode` checks its magic and bounds its length by [Limits], so that nobody
///   allocates what a peer merely announces; a payload's `decode` gets exactly the announced bytes and uses all of them.
/// - **What is secret.** An export's name may be a bearer token, so it travels as an [ExportName], which does not print.
package io.xenolith.nbd.protocol;
