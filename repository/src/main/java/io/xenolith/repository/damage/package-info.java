/// Records of damaged chunks: they never match again, so that the next backup that meets the same content stores it anew.
package io.xenolith.repository.damage;
