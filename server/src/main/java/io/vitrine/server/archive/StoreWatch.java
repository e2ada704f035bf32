package io.vitrine.server.archive;

import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;

import io.vitrine.observability.LifecycleListener;
import io.vitrine.store.StoreException;
import io.vitrine.store.telemetry.Signal;
import io.vitrine.store.telemetry.SignalCounts;
import io.vitrine.store.telemetry.TelemetryStore;
import org.jspecify.annotations.Nullable;

/** Tells when the store cannot write any more, and when it can again: each once. For one thread. */
final class StoreWatch {

    private final TelemetryStore store;
    private final LifecycleListener events;
    private @Nullable Instant failedSince;
    private long lostBefore;
    private long setAsideBefore;

    StoreWatch(TelemetryStore store, LifecycleListener events) {
        this.store = store;
        this.events = events;
    }

    void look() {
        Optional<StoreException> failure = store.failure();
        if (failure.isPresent() && failedSince == null) {
            failedSince = Instant.now();
            events.storeFailed(String.valueOf(failure.get().getMessage()));
        } else if (failure.isEmpty() && failedSince != null) {
            long lost = lost();
            events.storeRecovered(Duration.between(failedSince, Instant.now()), lost - lostBefore);
            failedSince = null;
            lostBefore = lost;
        }
        long setAside = store.setAsideFiles();
        if (setAside > setAsideBefore) {
            events.storeFileSetAside(setAside - setAsideBefore + " of the store's files");
            setAsideBefore = setAside;
        }
    }

    private long lost() {
        return Arrays.stream(Signal.values())
                .map(store::counts)
                .mapToLong(SignalCounts::lost)
                .sum();
    }
}
