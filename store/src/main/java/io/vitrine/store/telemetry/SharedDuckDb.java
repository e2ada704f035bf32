package io.vitrine.store.telemetry;

import io.vitrine.store.sql.DuckDb;
import org.jspecify.annotations.Nullable;

/**
 * The one DuckDB of a store, started by the first question that needs it: its library is large, and a server that has only day files
 * can do without. Whoever uses it holds its monitor for as long.
 */
final class SharedDuckDb implements AutoCloseable {
    private final TelemetrySettings settings;
    private @Nullable DuckDb opened;

    SharedDuckDb(TelemetrySettings settings) {
        this.settings = settings;
    }

    synchronized DuckDb get() {
        if (opened == null) {
            opened = DuckDb.open(settings.memoryMegabytes(), settings.threads(), settings.spillDirectory());
        }
        return opened;
    }

    @Override
    public synchronized void close() {
        if (opened != null) {
            opened.close();
            opened = null;
        }
    }
}
