/// HTTP/1.1 as a pool's hosts speak it. Remote calls are short and go over the JDK's client
/// ([io.xenolith.source.xapi.http.RpcPost]); exports and imports last for hours and go over a socket of their own
/// ([io.xenolith.source.xapi.http.StreamConnection]).
///
/// - **Why two.** A host answers an upload before it reads the body: with a redirection, a refusal or a go-ahead. The
///   JDK's client looks for the answer once the body is gone, cannot leave out a length, and pulls bodies through a
///   publisher; a socket tells at once, and pushes back by itself when the host is slow.
/// - **Heads are small.** A host refuses a request line with headers of more than 1006 bytes. Nothing is sent that it
///   does not need, and what is longer is refused here, see [io.xenolith.source.xapi.http.RequestHead].
/// - **Certificates.** [io.xenolith.source.xapi.http.Trust] is what the user chose;
///   [io.xenolith.source.xapi.http.KnownHosts] adds what a host that is trusted already says about the others.
/// - **Nothing waits for ever.** A connection that moves no byte for the stall time is closed.
package io.xenolith.source.xapi.http;
