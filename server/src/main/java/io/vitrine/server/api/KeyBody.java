package io.vitrine.server.api;

import java.time.Instant;
import java.util.List;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.vitrine.tenants.keys.KeyInfo;
import io.vitrine.tenants.keys.Scope;
import org.jspecify.annotations.Nullable;

/** All that may be shown of an API key; times in ISO 8601, absent where there is none. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record KeyBody(
        String prefix,
        String tenant,
        String name,
        List<String> scopes,
        String createdAt,
        @Nullable String expiresAt,
        @Nullable String revokedAt,
        @Nullable String lastUsedAt) {

    public static KeyBody of(KeyInfo key) {
        return new KeyBody(
                key.prefix(),
                key.tenantId(),
                key.label(),
                key.scopes().stream().map(Scope::label).sorted().toList(),
                key.createdAt().toString(),
                text(key.expiresAt()),
                text(key.revokedAt()),
                text(key.lastUsedAt()));
    }

    private static @Nullable String text(@Nullable Instant at) {
        return at == null ? null : at.toString();
    }
}
