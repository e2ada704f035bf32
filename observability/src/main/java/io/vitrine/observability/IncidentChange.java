package io.vitrine.observability;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/**
 * A change of an incident.
 *
 * @param actor a key's prefix, a command, or {@code vitrine}
 * @param incident {@code incident 3}
 * @param detail severity, state and what was done
 */
public record IncidentChange(Kind kind, String actor, String incident, String detail) {

    /** What was done. */
    public enum Kind {
        INCIDENT_OPENED,
        INCIDENT_STATE_CHANGED,
        INCIDENT_UPDATED;

        /** As the audit log has it: {@code incident_opened}. */
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }

        /** The kind with this label; empty if none has it. */
        public static Optional<Kind> of(String label) {
            return Arrays.stream(values())
                    .filter(kind -> kind.label().equals(label))
                    .findFirst();
        }
    }
}
