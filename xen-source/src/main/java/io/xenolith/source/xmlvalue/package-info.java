/// Values as XML-RPC writes them: what `ova.xml` is, and what a pool answers with.
///
/// | written as                              | [io.xenolith.source.xmlvalue.XmlValue]                   |
/// |-----------------------------------------|----------------------------------------------------------|
/// | `<value>text</value>`, `<string>`       | `Text`; hosts write numbers, enums and references so too |
/// | `<boolean>`                             | `Bool`                                                   |
/// | `<int>`, `<i4>`, `<i8>`                 | `Int`                                                    |
/// | `<double>`                              | `Real`                                                   |
/// | `<dateTime.iso8601>`                    | `Date`                                                   |
/// | `<base64>`, `<nil/>`                    | `Base64`, `Nil`                                          |
/// | `<array><data>…</data></array>`         | `Array`                                                  |
/// | `<struct><member><name>…</name><value>` | `Struct`                                                 |
///
/// - **Nothing is fetched, nothing expands.** A document type declaration is refused, and with it every entity but the
///   five of XML itself.
/// - **Everything is bounded** before it is built: the bytes, how deep values nest, and how many there are.
/// - **Names of members** are user input that hosts write without escaping. What is no XML is therefore read a second
///   time with the stray characters of its names escaped.
package io.xenolith.source.xmlvalue;
