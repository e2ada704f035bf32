package io.vitrine.server;

import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

import io.vitrine.model.engine.NanoClock;
import io.vitrine.server.archive.StoreArchive;
import io.vitrine.server.config.ServerConfig;
import io.vitrine.server.config.ServerConfig.RetentionConfig;
import io.vitrine.server.config.ServerConfig.StoreConfig;
import io.vitrine.store.telemetry.Retention;
import io.vitrine.store.telemetry.Signal;
import io.vitrine.store.telemetry.TelemetrySettings;
import io.vitrine.store.telemetry.TelemetryStore;

/** From the configuration to the store of telemetry, for the server and for commands beside it. */
final class StoreStart {

    private static final int MEBIBYTE = 1 << 20;

    private StoreStart() {}

    /** What keeps telemetry, and is closed after it; empty if it is switched off. */
    static Optional<StoreArchive> archive(ServerConfig config, NanoClock clock) {
        return config.store().enabled()
                ? Optional.of(new StoreArchive(open(config), config.store().sampleInterval(), clock))
                : Optional.empty();
    }

    /** The store itself; nothing is read or written before it is used. */
    static TelemetryStore open(ServerConfig config) {
        return new TelemetryStore(settings(config), Instant::now);
    }

    private static TelemetrySettings settings(ServerConfig config) {
        StoreConfig store = config.store();
        Path directory = config.data().resolve("store");
        TelemetrySettings usual = TelemetrySettings.in(directory);
        return usual.queueing(store.queueRows())
                .agingAfter(store.warmAfter(), store.coldAfter())
                .coldIn(store.coldDirectory().orElse(usual.coldDirectory()))
                .keeping(retention(store), store.cleanupGrace())
                .computingWith(Math.toIntExact(store.memoryBytes() / MEBIBYTE), store.threads())
                .limitingQuestionsTo(store.queryTimeout());
    }

    private static Map<Signal, Retention> retention(StoreConfig store) {
        return Map.of(
                Signal.SPANS, kept(store.spans()),
                Signal.LOGS, kept(store.logs()),
                Signal.STEPS, kept(store.steps()),
                Signal.SAMPLES, kept(store.samples()),
                Signal.GPU, kept(store.gpu()));
    }

    private static Retention kept(RetentionConfig signal) {
        return new Retention(signal.maxAge(), signal.maxBytes());
    }
}
