/// The objects of a pool, as far as backups read them. Each record has the fields that matter here by type, and
/// `raw()`, everything the host said, for storing a machine's description and for fields that only some versions have.
/// A field that older hosts lack has a stated value here; one that every host has, and this answer not, is an error.
package io.xenolith.source.xapi.records;
