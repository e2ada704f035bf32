package io.vitrine.server.tenancy;

import java.util.List;
import java.util.Optional;

import io.vitrine.server.api.ApiException;
import io.vitrine.server.api.ErrorReason;
import io.vitrine.tenants.Tenant;
import io.vitrine.tenants.keys.KeyRefusal;
import io.vitrine.tenants.keys.KeyVerdict;
import io.vitrine.tenants.keys.Scope;

/** Finds out who asks, from memory. Any thread. */
final class Authenticator {

    private static final String MISSING_SCOPE = "missing_scope";
    private static final List<Scope> OPERATORS = List.of(Scope.ADMIN, Scope.READ_TELEMETRY, Scope.READ_TENANT);

    private final TenantRegistry registry;

    Authenticator(TenantRegistry registry) {
        this.registry = registry;
    }

    /**
     * Who comes with these credentials.
     *
     * @param needed false where one may come without a key, as the default tenant. A key of ours is checked all the same: one
     *     that was revoked is not good anywhere. What is no key of ours is passed over then, since clients of OpenAI's kind send
     *     something always
     * @throws ApiException 401 if the key is not good, 403 if it is not good for this
     */
    Caller authenticate(Credentials credentials, Scope scope, boolean needed) {
        return keyFor(credentials, scope, needed)
                .orElseGet(() -> new Caller(tenant(TenantRegistry.DEFAULT_TENANT), Optional.empty()));
    }

    /** As {@link #authenticate}, but empty where no key is needed and none of ours was brought. */
    Optional<Caller> keyFor(Credentials credentials, Scope scope, boolean needed) {
        List<String> own = credentials.own();
        if (own.size() > 1) {
            throw new ApiException(
                    ErrorReason.INVALID_API_KEY, "the request has several different API keys: send one of them");
        }
        if (!needed && own.isEmpty()) {
            return Optional.empty();
        }
        Optional<String> key = own.stream().findFirst().or(credentials::first);
        if (key.isEmpty()) {
            throw new ApiException(
                    ErrorReason.INVALID_API_KEY, "an API key is needed: send the header Authorization: Bearer KEY");
        }
        KeyVerdict verdict = registry.keys().verify(key.get(), scope);
        if (verdict instanceof KeyVerdict.Valid valid) {
            Tenant tenant = tenant(valid.key().tenantId());
            return Optional.of(new Caller(tenant, Optional.of(valid.key().prefix())));
        }
        throw refusal((KeyVerdict.Refused) verdict);
    }

    /**
     * Who signs in with this key.
     *
     * @throws ApiException 401 if the key is invalid, 403 if it is no operator's
     */
    Operator operator(Credentials credentials) {
        for (Scope scope : OPERATORS) {
            try {
                return keyFor(credentials, scope, true)
                        .flatMap(Caller::keyPrefix)
                        .flatMap(this::operator)
                        .orElseThrow();
            } catch (ApiException e) {
                if (!e.code().equals(MISSING_SCOPE)) {
                    throw e;
                }
            }
        }
        throw new ApiException(
                ErrorReason.PERMISSION_DENIED,
                "this key has none of the scopes admin, read-telemetry and read-tenant",
                null,
                MISSING_SCOPE);
    }

    /** The operator of a key by its public part, for as long as the key can be used and its tenant is there. */
    Optional<Operator> operator(String keyPrefix) {
        return registry.keys()
                .usable(keyPrefix)
                .filter(key -> registry.tenants().find(key.tenantId()).isPresent())
                .flatMap(Operator::of);
    }

    private static ApiException refusal(KeyVerdict.Refused refused) {
        return refused.reason() == KeyRefusal.MISSING_SCOPE
                ? new ApiException(ErrorReason.PERMISSION_DENIED, refused.message(), null, MISSING_SCOPE)
                : new ApiException(ErrorReason.INVALID_API_KEY, refused.message());
    }

    private Tenant tenant(String id) {
        return registry.tenants()
                .find(id)
                .orElseThrow(() -> new ApiException(
                        ErrorReason.PERMISSION_DENIED,
                        "there is no tenant " + id + " any more, to whom this belongs",
                        null,
                        "unknown_tenant"));
    }
}
