/// Reports: what restore points share, what they alone hold, and how the repository grew.
package io.xenolith.repository.report;
