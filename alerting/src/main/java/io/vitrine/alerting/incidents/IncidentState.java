package io.vitrine.alerting.incidents;

import java.util.EnumSet;
import java.util.Set;

/** Where an incident is in the response workflow. */
public enum IncidentState {
    /** An alert or a person has opened it; nobody has looked yet. */
    DETECTED,
    /** The initial assessment is made: severity and, for P0 and P1, a commander. */
    TRIAGED,
    /** Its cause is looked for. */
    INVESTIGATING,
    /** Its effect is being removed. */
    MITIGATING,
    /** The service is well again. */
    RESOLVED,
    /** Root cause and action items are written down. */
    REVIEWED,
    /** Nothing is left to do. */
    CLOSED,
    /** It is part of another incident. */
    MERGED,
    /** It was no incident. */
    DECLINED;

    /** States that may follow. What comes back after its resolution is investigated again. */
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

    /** Whether somebody still has to bring the service back. */
    public boolean isOpen() {
        return this == DETECTED || this == TRIAGED || this == INVESTIGATING || this == MITIGATING;
    }
}
