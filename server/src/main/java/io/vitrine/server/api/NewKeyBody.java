package io.vitrine.server.api;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.Set;
import java.util.stream.Collectors;

import io.vitrine.tenants.keys.KeyRequest;
import io.vitrine.tenants.keys.Scope;
import org.jspecify.annotations.Nullable;

/** Body of {@code POST /api/keys}: {@code tenant}, and if wanted {@code name}, {@code scopes} and {@code expires_at}. */
public final class NewKeyBody {

    private static final Set<String> FIELDS = Set.of("tenant", "name", "scopes", "expires_at");

    private NewKeyBody() {}

    /**
     * The key that is asked for; good for inference where no scope is said.
     *
     * @throws ApiException if a field is missing, unknown or past its limit
     */
    public static KeyRequest parse(byte[] body) {
        JsonFields fields = JsonFields.onlyOf(ApiJson.readObject(body), FIELDS);
        try {
            return new KeyRequest(
                    fields.requiredText("tenant"),
                    fields.value("name")
                            .map(name -> JsonFields.text("name", name))
                            .orElse(""),
                    scopes(fields),
                    expiresAt(fields));
        } catch (IllegalArgumentException e) {
            throw ApiException.invalid("name", String.valueOf(e.getMessage()));
        }
    }

    private static Set<Scope> scopes(JsonFields fields) {
        if (fields.value("scopes").isEmpty()) {
            return Set.of(Scope.INFER);
        }
        return fields.textOrTexts("scopes", Scope.values().length).stream()
                .map(label -> Scope.ofLabel(label)
                        .orElseThrow(() -> ApiException.invalid(
                                "scopes",
                                "scopes must be infer, admin, read-telemetry or read-tenant: "
                                        + JsonFields.cut(label))))
                .collect(Collectors.toSet());
    }

    private static @Nullable Instant expiresAt(JsonFields fields) {
        if (fields.value("expires_at").isEmpty()) {
            return null;
        }
        String text = fields.requiredText("expires_at");
        try {
            return KeyRequest.requireExpiry(Instant.parse(text));
        } catch (DateTimeException e) {
            throw ApiException.invalid(
                    "expires_at",
                    "expires_at must be a time such as 2027-01-31T00:00:00Z, from 1970 to 9999: "
                            + JsonFields.cut(text));
        }
    }
}
