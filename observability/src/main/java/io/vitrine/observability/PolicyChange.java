package io.vitrine.observability;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/**
 * A change of who may use the server, and how much.
 *
 * @param actor who made it: a key's prefix, or the name of the command or file
 * @param subject a tenant's id or a key's prefix
 * @param detail what changed, in words; never a secret
 */
public record PolicyChange(Kind kind, String actor, String subject, String detail) {

    /** What was done. */
    public enum Kind {
        TENANT_ADDED,
        TENANT_CHANGED,
        TENANT_REMOVED,
        KEY_CREATED,
        KEY_REVOKED,
        SILENCE_ADDED,
        SILENCE_EXPIRED,
        TELEMETRY_SWITCHED,
        /** An operator had the stacks of threads sampled. */
        PROFILE_TAKEN;

        /** As it is kept: {@code key_revoked}; empty for what is none of these. */
        public static Optional<Kind> of(String label) {
            return Arrays.stream(values())
                    .filter(kind -> kind.name().toLowerCase(Locale.ROOT).equals(label))
                    .findFirst();
        }
    }
}
