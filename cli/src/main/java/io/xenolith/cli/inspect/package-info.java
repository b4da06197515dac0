/// What a repository tells: lists, restore points, differences, reports.
package io.xenolith.cli.inspect;
