/// The ports through which the flows store and read: what a repository has to offer to them.
package io.xenolith.engine.store;
