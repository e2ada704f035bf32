package io.vitrine.server.tenancy;

import java.util.Optional;
import java.util.Set;

import io.vitrine.tenants.keys.KeyInfo;
import io.vitrine.tenants.keys.Scope;

/**
 * A person at the console.
 *
 * @param keyPrefix public part of the key that was brought
 * @param tenantId the key's tenant
 * @param infers whether the key also runs models
 */
public record Operator(Role role, String keyPrefix, String tenantId, boolean infers) {

    /** What an operator may do. */
    public enum Role {
        /** Reads and changes everything. */
        ADMIN,
        /** Reads everything but keys and tenants, changes nothing. */
        VIEWER,
        /** Reads what is of the own tenant. */
        TENANT
    }

    /** Of a key's scopes the strongest counts; empty if none is an operator's. */
    static Optional<Operator> of(KeyInfo key) {
        return role(key.scopes())
                .map(role -> new Operator(
                        role, key.prefix(), key.tenantId(), key.scopes().contains(Scope.INFER)));
    }

    private static Optional<Role> role(Set<Scope> scopes) {
        if (scopes.contains(Scope.ADMIN)) {
            return Optional.of(Role.ADMIN);
        }
        if (scopes.contains(Scope.READ_TELEMETRY)) {
            return Optional.of(Role.VIEWER);
        }
        return scopes.contains(Scope.READ_TENANT) ? Optional.of(Role.TENANT) : Optional.empty();
    }
}
