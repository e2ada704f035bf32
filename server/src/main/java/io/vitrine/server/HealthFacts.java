package io.vitrine.server;

import java.io.File;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryUsage;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

import io.vitrine.model.engine.Engine;
import io.vitrine.server.inference.ServedModel;
import io.vitrine.server.inference.ServingState;
import io.vitrine.store.ledger.Ledger;
import io.vitrine.store.sql.WriterCounts;

/** The state of the server as a JSON object: whether it serves, its engine, its ledger, its JVM and its disk. */
final class HealthFacts {

    private final ServingState state;
    private final Ledger ledger;
    private final File data;

    HealthFacts(ServingState state, Ledger ledger, Path data) {
        this.state = state;
        this.ledger = ledger;
        this.data = data.toFile();
    }

    Map<String, Object> read() {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put(
                "serving",
                state.unavailability().map(why -> why.reason().code()).orElse("ready"));
        state.model().map(ServedModel::engine).ifPresent(engine -> facts.put("engine", engine(engine)));
        WriterCounts counts = ledger.counts();
        facts.put(
                "ledger",
                Map.of("written", counts.committed(), "failed", counts.failed(), "waiting", counts.waiting()));
        facts.put("jvm", jvm());
        facts.put("disk", Map.of("usable_bytes", data.getUsableSpace(), "total_bytes", data.getTotalSpace()));
        return facts;
    }

    private static Map<String, Object> engine(Engine engine) {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("healthy", engine.healthy());
        Optional<Throwable> failure = engine.failure();
        failure.ifPresent(cause -> facts.put("failure", cause.getClass().getName()));
        facts.put("running", engine.runningCount());
        facts.put("waiting", engine.waitingCount());
        facts.put("kv_pages_used", engine.kvPagesUsed());
        facts.put("kv_pages_cached", engine.kvPagesCached());
        facts.put("listener_failures", engine.listenerFailures());
        return facts;
    }

    private static Map<String, Object> jvm() {
        MemoryUsage heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage();
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("uptime_ms", ManagementFactory.getRuntimeMXBean().getUptime());
        facts.put("heap_used_bytes", heap.getUsed());
        facts.put("heap_max_bytes", heap.getMax());
        facts.put("threads", ManagementFactory.getThreadMXBean().getThreadCount());
        facts.put("load_average", ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
        for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
            facts.put(
                    "gc " + collector.getName(),
                    Map.of("count", collector.getCollectionCount(), "time_ms", collector.getCollectionTime()));
        }
        return facts;
    }
}
