package io.vitrine.server.tenancy;

import java.util.List;

import io.vitrine.server.config.ServerConfig;
import io.vitrine.tenants.cost.PriceBook;

/** The price book of a configuration. */
final class Prices {

    private static final PriceBook NONE = new PriceBook("USD", List.of());

    private Prices() {}

    /** No model has a price: budgets are kept, and nothing is charged to them. */
    static PriceBook of(ServerConfig config) {
        return NONE;
    }
}
