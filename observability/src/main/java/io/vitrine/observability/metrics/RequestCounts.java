package io.vitrine.observability.metrics;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import io.vitrine.observability.ErrorType;
import io.vitrine.observability.Outcome;
import io.vitrine.observability.Route;
import io.vitrine.observability.catalogue.Meters;

/**
 * Load accounting: offered requests, those in flight, and those that have ended, counted under one lock so that they add
 * up at every instant. A reading shows the counts of one moment, that of the latest {@link #refresh}: meters are read one
 * after the other, and would not add up if requests went on between them. Any thread.
 */
final class RequestCounts {

    private final Instruments instruments;
    private final Set<Labels> registered = ConcurrentHashMap.newKeySet();

    /** By id: clients choose ids, and several requests may have the same. */
    private final Map<String, Integer> inFlightById = new HashMap<>();

    private final Map<Labels, Long> ended = new HashMap<>();
    private long offered;
    private long inFlight;
    private volatile Snapshot shown = new Snapshot(0, 0, Map.of());

    /** Of {@link Meters#REQUESTS}. */
    record Labels(Route route, String modelName, Outcome outcome, int hundreds, Optional<ErrorType> errorType) {}

    private record Snapshot(long offered, long inFlight, Map<Labels, Long> ended) {

        Snapshot {
            ended = Map.copyOf(ended);
        }

        long ended(Labels labels) {
            return ended.getOrDefault(labels, 0L);
        }

        long unaccounted() {
            return offered
                    - inFlight
                    - ended.values().stream().mapToLong(Long::longValue).sum();
        }
    }

    RequestCounts(Instruments instruments) {
        this.instruments = instruments;
        instruments.counted(Meters.OFFERED_REQUESTS, () -> shown.offered());
        instruments.gauge(Meters.REQUESTS_IN_FLIGHT, () -> shown.inFlight());
        instruments.gauge(Meters.REQUESTS_UNACCOUNTED, () -> shown.unaccounted());
    }

    synchronized void offered(String requestId) {
        offered++;
        inFlight++;
        inFlightById.merge(requestId, 1, Integer::sum);
    }

    /** One that is not in flight counts all the same: the sum then shows the fault. */
    void ended(String requestId, Labels labels) {
        if (registered.add(labels)) {
            instruments.counted(
                    Meters.REQUESTS,
                    () -> shown.ended(labels),
                    labels.route.template(),
                    labels.modelName,
                    labels.outcome.label(),
                    labels.hundreds + "xx",
                    labels.errorType.map(ErrorType::label).orElse(""));
        }
        count(requestId, labels);
    }

    private synchronized void count(String requestId, Labels labels) {
        ended.merge(labels, 1L, Long::sum);
        Integer sameId = inFlightById.get(requestId);
        if (sameId == null) {
            return;
        }
        inFlight--;
        if (sameId == 1) {
            inFlightById.remove(requestId);
        } else {
            inFlightById.put(requestId, sameId - 1);
        }
    }

    /** From now on readings show the counts of this moment. */
    synchronized void refresh() {
        shown = new Snapshot(offered, inFlight, ended);
    }
}
