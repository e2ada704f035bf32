package io.vitrine.store.telemetry;

import java.util.Set;

/** Request ids of a tenant that stand elsewhere, in the ledger for instance, by when the requests were made. */
@FunctionalInterface
public interface RequestIds {
    /** None that telemetry does not know itself. */
    RequestIds NONE = range -> Set.of();

    Set<String> in(TimeRange range);
}
