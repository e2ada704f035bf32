package io.vitrine.server;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

import io.vitrine.server.config.ServerConfig.RetentionConfig;
import io.vitrine.server.config.ServerConfig.StoreConfig;
import io.vitrine.server.history.TelemetryHistory;
import io.vitrine.store.telemetry.Signal;
import io.vitrine.store.telemetry.StoredFile;

/** What is stored of telemetry, and for how long, as a JSON object. */
final class StorageFacts {

    private StorageFacts() {}

    /** Looks at the folders; blocks. */
    static Map<String, Object> of(StoreConfig store, Optional<TelemetryHistory> history) {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("enabled", history.isPresent());
        facts.put(
                "signals",
                List.of(
                        retention(Signal.SPANS, store.spans()),
                        retention(Signal.LOGS, store.logs()),
                        retention(Signal.STEPS, store.steps()),
                        retention(Signal.SAMPLES, store.samples()),
                        retention(Signal.GPU, store.gpu())));
        facts.put(
                "files",
                history.map(TelemetryHistory::files).orElse(List.of()).stream()
                        .map(StorageFacts::file)
                        .toList());
        facts.put("warm_after_days", store.warmAfter().toDays());
        facts.put("cold_after_days", store.coldAfter().toDays());
        return facts;
    }

    private static Map<String, Object> retention(Signal signal, RetentionConfig retention) {
        return Map.of(
                "signal", signal.table(),
                "retention_days", retention.maxAge().toDays(),
                "retention_bytes", retention.maxBytes());
    }

    private static Map<String, Object> file(StoredFile file) {
        return Map.of(
                "tier", file.tier().name().toLowerCase(Locale.ROOT),
                "signal", file.signal().map(Signal::table).orElse("all"),
                "day", file.day().toString(),
                "bytes", file.bytes());
    }
}
