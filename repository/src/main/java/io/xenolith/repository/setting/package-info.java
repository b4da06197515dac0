/// Settings: small things that a program wants to find again wherever it opens the repository, such as where disks come
/// from. The repository keeps them and does not look inside.
package io.xenolith.repository.setting;
