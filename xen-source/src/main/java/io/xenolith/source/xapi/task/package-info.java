/// Tasks: how a pool does what takes time. A call that starts with `Async.` answers with a task at once; an export or
/// import is given a task made before. Either way only the task knows whether it went well, and either way whoever
/// started it removes it: a pool keeps 200 finished ones, and then forgets them whoever still waits.
package io.xenolith.source.xapi.task;
