package io.xenolith.sim.pool;

import io.xenolith.sim.http.ServerIdentity;
import io.xenolith.sim.model.Row;

/// A host of the pool: its row, its control domain's row, the address it listens at and its certificate.
public record Host(Row row, Row controlDomain, String address, ServerIdentity identity) {}
