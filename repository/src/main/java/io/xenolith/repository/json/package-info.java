/// JSON documents of ours, read and written in a stream: mapping onto records would cost every start of the program the
/// loading of a mapper.
package io.xenolith.repository.json;
