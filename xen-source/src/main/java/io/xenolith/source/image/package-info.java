/// What an image is, told from its content: names of files lie, and a host that was asked for one format may send
/// another.
///
/// A guest writes the first bytes of its own disk, and could make a raw disk look like anything. So where somebody says
/// that a disk is raw, it is; [io.xenolith.source.image.ImageFormat#fits(ImageFormat)] never objects to that.
package io.xenolith.source.image;
