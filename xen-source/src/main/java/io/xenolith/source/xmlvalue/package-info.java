/// Values as XML-RPC writes them: what `ova.xml` is, and what a pool answers with.
///
/// | written as                                   | value                                                         |
/// |----------------------------------------------|---------------------------------------------------------------|
/// | `<value>text</value>`, `<string>`            | [io.xenolith.source.xmlvalue.XmlValue.Text]; hosts write numbers, enums and references so, too |
/// | `<boolean>`                                  | [io.xenolith.source.xmlvalue.XmlValue.Bool]                    |
/// | `<int>`, `<i4>`, `<i8>`                      | [io.xenolith.source.xmlvalue.XmlValue.Int]                     |
/// | `<double>`                                   | [io.xenolith.source.xmlvalue.XmlValue.Real]                    |
/// | `<dateTime.iso8601>`                         | [io.xenolith.source.xmlvalue.XmlValue.Date]                    |
/// | `<base64>`, `<nil/>`                         | [io.xenolith.source.xmlvalue.XmlValue.Base64], [io.xenolith.source.xmlvalue.XmlValue.Nil] |
/// | `<array><data>…</data></array>`              | [io.xenolith.source.xmlvalue.XmlValue.Array]                   |
/// | `<struct><member><name>…</name><value>…`     | [io.xenolith.source.xmlvalue.XmlValue.Struct]                  |
///
/// - **Nothing is fetched, nothing expands.** A document type declaration is refused, and with it every entity but the
///   five of XML itself.
/// - **Everything is bounded** before it is built: the bytes, how deep values nest, and how many there are.
/// - **Names of members** are user input that hosts write without escaping. What is no XML is therefore read a second
///   time with the stray characters of its names escaped.
package io.xenolith.source.xmlvalue;
