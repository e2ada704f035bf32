package io.vitrine.tenants.keys;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What a key is good for. None contains another: an administrator's key that should also run models is given both. */
public enum Scope {
    /** Run models. */
    INFER,
    /** Manage tenants and keys, and change the running server. */
    ADMIN,
    /** Read metrics, traces, logs and costs. */
    READ_TELEMETRY,
    /** Read traces, logs and costs of the key's own tenant. */
    READ_TENANT;

    /** As on the command line: {@code read-telemetry}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    public static Optional<Scope> ofLabel(String label) {
        return Arrays.stream(values())
                .filter(scope -> scope.label().equals(label))
                .findFirst();
    }
}
