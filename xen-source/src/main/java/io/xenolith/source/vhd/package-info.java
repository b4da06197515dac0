/// VHD images: the format in which XenServer and XCP-ng hosts send and take disks and what changed on them, and which
/// many other programs know.
///
/// | a VHD        | at rest                                  | in a stream                               |
/// |--------------|------------------------------------------|-------------------------------------------|
/// | any          | [io.xenolith.source.vhd.VhdImage]        | [io.xenolith.source.vhd.VhdStream]        |
/// | fixed        | [io.xenolith.source.vhd.FixedVhd]        | [io.xenolith.source.vhd.FixedVhdStream]   |
/// | dynamic      | [io.xenolith.source.vhd.DynamicVhd]      | [io.xenolith.source.vhd.DynamicVhdStream] |
/// | differencing | [io.xenolith.source.vhd.DifferencingVhd] | [io.xenolith.source.vhd.DifferencingVhd]  |
///
/// ```text
///   fixed:                    data | footer
///   dynamic, differencing:    footer copy | header | table | blocks, other things, and gaps between them | footer
/// ```
/// [io.xenolith.source.vhd.VhdTarget] writes dynamic and differencing disks as [io.xenolith.source.vhd.VhdLayout] lays
/// them out.
///
/// - **What readers accept.** Every layout that is unambiguous: tables anywhere and longer than needed, blocks in any
///   order with gaps between them, incomplete bitmaps, a last block that ends with the disk, footers of 511 bytes.
///   The size is the footer's current size; geometry, creator and times mean nothing.
/// - **What they check.** Footers, equal at both ends, and header by their checksums; the table, which has none, by
///   whether its blocks lie apart from each other and inside. A bitmap or data that rotted cannot be told.
/// - **What a stream costs.** Blocks in disk order pass through. In another order they wait in a file without a name.
///   That a stream is whole is known with its last byte, since hosts announce no length.
/// - **What links images.** Nothing here: a host gives every export a random id, and names as parent a file of its own
///   that nobody else has. Whoever exports knows what the base was.
package io.xenolith.source.vhd;
