package io.xenolith.source.xva;

/// A drive whose data the archive does not carry.
///
/// @param ref        what the objects of the archive call it
/// @param machine    the ref of the machine that has it, or empty
/// @param userdevice its position among the machine's drives, or empty
/// @param medium     the name of what lies in it, or empty
/// @param reason     why it carries no data, as words that follow "carries no data, for"
public record OvaDrive(String ref, String machine, String userdevice, String medium, String reason) {
}
