/// Remote calls in XML-RPC, as a pool's hosts speak it: values in plain strings where the standard has types, structs
/// whose member names are not escaped, and every failure inside a successful answer.
///
/// The client of `org.apache.xmlrpc` writes the requests, with its extensions off. It does not read the answers: its
/// parser deserialises Java objects that a fault carries whatever its settings, and allows document types.
/// [io.xenolith.source.xapi.rpc.XmlRpcReader] reads them instead, and knows strings, numbers, flags, times, lists and
/// structs, nothing else.
package io.xenolith.source.xapi.rpc;
