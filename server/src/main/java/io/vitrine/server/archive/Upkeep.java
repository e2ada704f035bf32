package io.vitrine.server.archive;

import io.vitrine.observability.LifecycleListener;
import io.vitrine.store.StoreException;
import io.vitrine.store.telemetry.TelemetryStore;

/** Ages files and deletes those that are due. What cannot be done now is done the next time. */
final class Upkeep {

    private final TelemetryStore store;
    private final LifecycleListener events;

    Upkeep(TelemetryStore store, LifecycleListener events) {
        this.store = store;
        this.events = events;
    }

    void run() {
        guarded(() -> {
            store.maintain();
            store.cleanup().forEach(file -> events.storeFileDeleted(file.file(), file.bytes(), file.reason()));
        });
    }

    /** Deletes what a crash left half-written; at the start. */
    void sweep() {
        guarded(store::sweep);
    }

    private void guarded(Runnable work) {
        try {
            work.run();
        } catch (StoreException e) {
            // A command may be at work on the files just now; all else is news.
            if (e.reason() != StoreException.Reason.IN_USE) {
                events.storeFailed(String.valueOf(e.getMessage()));
            }
        }
    }
}
