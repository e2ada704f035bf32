package io.vitrine.server;

import java.time.Clock;
import java.util.function.Function;

import io.vitrine.server.config.ServerConfig;
import io.vitrine.server.tenancy.TenantRegistry;
import io.vitrine.store.ledger.Ledger;

/** Tenants and keys for a command, which works on the ledger itself: with the server running or not. */
final class TenantsOnDisk {

    private TenantsOnDisk() {}

    /** Who makes the changes of a command, for the audit log. */
    static String actor(String command) {
        return "command " + command + " (" + System.getProperty("user.name") + ")";
    }

    static <T> T ask(ServerConfig config, Function<TenantRegistry, T> question) {
        try (Ledger ledger = Ledger.openBeside(TenantRegistry.ledger(config))) {
            return question.apply(TenantRegistry.open(ledger, config, Clock.systemUTC()));
        }
    }
}
