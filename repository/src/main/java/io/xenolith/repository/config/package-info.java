/// What a repository is: its parameters, which never change, and the slots of its key.
package io.xenolith.repository.config;
