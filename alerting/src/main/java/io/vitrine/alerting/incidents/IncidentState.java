package io.vitrine.alerting.incidents;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** Where an incident is in the response workflow. */
public enum IncidentState {
    /** Opened by an alert or by hand; not assessed. */
    DETECTED,
    /** Initial assessment made: severity and, for P0 and P1, a commander. */
    TRIAGED,
    /** The cause is being looked for. */
    INVESTIGATING,
    /** The effect is being removed. */
    MITIGATING,
    /** The service has recovered. */
    RESOLVED,
    /** Root cause recorded; the post-incident review has taken place. */
    REVIEWED,
    /** Complete, with action items. */
    CLOSED,
    /** Part of another incident. */
    MERGED,
    /** A false alarm. */
    DECLINED;

    /** States that may follow. A resolved incident can be reopened for investigation. */
    public Set<IncidentState> next() {
        return switch (this) {
            case DETECTED -> EnumSet.of(TRIAGED, RESOLVED, MERGED, DECLINED);
            case TRIAGED -> EnumSet.of(INVESTIGATING, MITIGATING, RESOLVED, MERGED, DECLINED);
            case INVESTIGATING -> EnumSet.of(MITIGATING, RESOLVED, MERGED, DECLINED);
            case MITIGATING -> EnumSet.of(INVESTIGATING, RESOLVED, MERGED);
            case RESOLVED -> EnumSet.of(INVESTIGATING, REVIEWED);
            case REVIEWED -> EnumSet.of(CLOSED);
            case CLOSED, MERGED, DECLINED -> EnumSet.noneOf(IncidentState.class);
        };
    }

    /** Whether the service has not recovered yet. */
    public boolean isOpen() {
        return this == DETECTED || this == TRIAGED || this == INVESTIGATING || this == MITIGATING;
    }

    /** Whether no state may follow. */
    public boolean isFinal() {
        return next().isEmpty();
    }

    /** In lower case, as the API and the command line write it. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The state with this label; empty if none has it. */
    public static Optional<IncidentState> of(String label) {
        return Arrays.stream(values())
                .filter(state -> state.label().equals(label))
                .findFirst();
    }
}
