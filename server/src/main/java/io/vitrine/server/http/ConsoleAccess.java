package io.vitrine.server.http;

import java.util.Optional;

import io.vertx.ext.web.RoutingContext;
import io.vitrine.server.api.ApiException;
import io.vitrine.server.api.ErrorReason;
import io.vitrine.server.tenancy.Operator.Role;
import org.jspecify.annotations.Nullable;

/**
 * What a request to the management port may see.
 *
 * @param actor for the audit log
 * @param ownTenant of an operator with the role {@code TENANT}; empty for all others, who see every tenant
 */
record ConsoleAccess(String actor, Role role, Optional<String> ownTenant) {

    private static final String KEY = ConsoleAccess.class.getName();

    /** After {@link ManagementAccess}. */
    static ConsoleAccess of(RoutingContext context) {
        return context.get(KEY);
    }

    void attachTo(RoutingContext context) {
        context.put(KEY, this);
    }

    /**
     * The tenant that a question is about.
     *
     * @param asked null for any
     * @return null for any, only where the operator sees all
     * @throws ApiException 403 if it is another's
     */
    @Nullable
    String tenant(@Nullable String asked) {
        if (ownTenant.isPresent() && asked != null && !asked.equals(ownTenant.get())) {
            throw new ApiException(
                    ErrorReason.PERMISSION_DENIED, "this key sees its own tenant alone", "tenant", "tenant_scope");
        }
        return ownTenant.orElse(asked);
    }

    /** Whether what belongs to a tenant, or to none, may be seen. */
    boolean sees(@Nullable String tenantId) {
        return ownTenant.isEmpty() || ownTenant.get().equals(tenantId);
    }
}
