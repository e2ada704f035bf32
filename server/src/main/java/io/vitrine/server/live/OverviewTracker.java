package io.vitrine.server.live;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

import io.vitrine.observability.MeterReading;
import io.vitrine.observability.Outcome;
import io.vitrine.server.history.RequestRow;
import io.vitrine.server.live.Overview.Percentiles;
import org.jspecify.annotations.Nullable;

/** Reads the most important meters each second, and keeps the readings of the last minutes. Any thread; one reads at a time. */
public final class OverviewTracker {

    private static final int KEPT = 600;
    private static final int MOST_RECENT_REQUESTS = 10_000;
    private static final long RECENT = Duration.ofMinutes(1).toNanos();
    private static final double MILLIS_PER_SECOND = 1e3;

    private static final String RUNNING = "vitrine_engine_running_sequences";
    private static final String SLOTS = "vitrine_engine_slots";
    private static final String WAITING = "vitrine_engine_waiting_sequences";
    private static final String QUEUE_LIMIT = "vitrine_engine_queue_limit";
    private static final String IN_FLIGHT = "vitrine_requests_in_flight";
    private static final String KV_USED = "vitrine_kv_used_pages";
    private static final String KV_CACHED = "vitrine_kv_cached_pages";
    private static final String KV_PAGES = "vitrine_kv_capacity_pages";
    private static final String REQUESTS = "vitrine_requests_total";
    private static final String PREFILL_TOKENS = "vitrine_engine_prefill_tokens_total";
    private static final String USEFUL_TOKENS = "vitrine_engine_useful_tokens_total";
    private static final String SLOT_STEPS = "vitrine_engine_slot_steps_total";
    private static final String LOOKUPS = "vitrine_prefix_cache_lookup_pages_total";
    private static final String BATCH_SUM = "vitrine_engine_batch_size_sum";
    private static final String BATCH_COUNT = "vitrine_engine_batch_size_count";
    private static final String STEP_SUM = "vitrine_engine_step_duration_seconds_sum";
    private static final String STEP_COUNT = "vitrine_engine_step_duration_seconds_count";
    private static final String CPU = "vitrine_process_cpu_time_seconds_total";
    private static final String CPUS = "vitrine_host_cpus";
    private static final String MEMORY = "vitrine_process_resident_memory_bytes";
    private static final String FIRING = "vitrine_alerts_firing";
    private static final String INCIDENTS = "vitrine_incidents";

    /** What is read. */
    static final Set<String> METERS = Set.of(
            RUNNING,
            SLOTS,
            WAITING,
            QUEUE_LIMIT,
            IN_FLIGHT,
            KV_USED,
            KV_CACHED,
            KV_PAGES,
            REQUESTS,
            PREFILL_TOKENS,
            USEFUL_TOKENS,
            SLOT_STEPS,
            LOOKUPS,
            BATCH_SUM,
            BATCH_COUNT,
            STEP_SUM,
            STEP_COUNT,
            CPU,
            CPUS,
            MEMORY,
            FIRING,
            INCIDENTS);

    private final Function<Set<String>, Optional<List<MeterReading>>> meters;
    private final Deque<Overview> kept = new ArrayDeque<>();
    private final Deque<Recent> recent = new ArrayDeque<>();
    private Map<String, Double> before = Map.of();
    private long beforeNanos;

    private record Recent(
            long atNanos, @Nullable Double ttftMs, @Nullable Double tpotMs) {}

    /** @param meters reads series of some names; empty if metrics are off */
    public OverviewTracker(Function<Set<String>, Optional<List<MeterReading>>> meters) {
        this.meters = meters;
    }

    /** A request that has ended. */
    synchronized void ended(RequestRow request) {
        if (recent.size() == MOST_RECENT_REQUESTS) {
            recent.removeFirst();
        }
        recent.addLast(new Recent(System.nanoTime(), request.ttftMs(), request.tpotMs()));
    }

    /** Reads now. */
    public synchronized Overview read() {
        long now = System.nanoTime();
        while (!recent.isEmpty() && now - recent.getFirst().atNanos() > RECENT) {
            recent.removeFirst();
        }
        Reading reading = new Reading(sums(), (now - beforeNanos) / (double) TimeUnit.SECONDS.toNanos(1));
        Overview overview = reading.overview();
        before = reading.sums;
        beforeNanos = now;
        if (kept.size() == KEPT) {
            kept.removeFirst();
        }
        kept.addLast(overview);
        return overview;
    }

    /** The readings of the last minutes, oldest first. */
    public synchronized List<Overview> latest() {
        return List.copyOf(kept);
    }

    private Map<String, Double> sums() {
        Map<String, Double> sums = new HashMap<>();
        for (MeterReading reading : meters.apply(METERS).orElse(List.of())) {
            sums.merge(reading.name(), reading.value(), Double::sum);
            if (reading.name().equals(REQUESTS)) {
                sums.merge(REQUESTS + reading.labels().getOrDefault("outcome", ""), reading.value(), Double::sum);
            }
            if (reading.name().equals(LOOKUPS)) {
                sums.merge(LOOKUPS + reading.labels().getOrDefault("result", ""), reading.value(), Double::sum);
            }
        }
        return sums;
    }

    private final class Reading {
        private final Map<String, Double> sums;
        private final double seconds;

        private Reading(Map<String, Double> sums, double seconds) {
            this.sums = sums;
            this.seconds = seconds;
        }

        private Overview overview() {
            Runtime runtime = Runtime.getRuntime();
            Double steps = increase(STEP_COUNT);
            return new Overview(
                    Instant.now().toString(),
                    sums.get(RUNNING),
                    sums.get(SLOTS),
                    sums.get(WAITING),
                    sums.get(QUEUE_LIMIT),
                    sums.get(IN_FLIGHT),
                    sums.get(KV_USED),
                    sums.get(KV_CACHED),
                    sums.get(KV_PAGES),
                    rate(REQUESTS),
                    rate(REQUESTS + Outcome.REFUSED.label()),
                    rate(REQUESTS + Outcome.FAILED.label()),
                    rate(PREFILL_TOKENS),
                    rate(USEFUL_TOKENS),
                    percentiles(Recent::ttftMs),
                    percentiles(Recent::tpotMs),
                    ratio(increase(LOOKUPS + "hit"), increase(LOOKUPS)),
                    ratio(increase(BATCH_SUM), increase(BATCH_COUNT)),
                    ratio(increase(USEFUL_TOKENS), increase(SLOT_STEPS)),
                    rate(STEP_COUNT),
                    scaled(ratio(increase(STEP_SUM), steps), MILLIS_PER_SECOND),
                    ratio(rate(CPU), sums.get(CPUS)),
                    sums.get(MEMORY),
                    runtime.totalMemory() - runtime.freeMemory(),
                    runtime.maxMemory(),
                    sums.get(FIRING),
                    sums.get(INCIDENTS));
        }

        /** Null without two readings; a series that is new has risen from 0. */
        private @Nullable Double increase(String name) {
            Double now = sums.get(name);
            return before.isEmpty() ? null : Math.max(0, (now == null ? 0 : now) - before.getOrDefault(name, 0.0));
        }

        private @Nullable Double rate(String name) {
            return scaled(increase(name), 1 / Math.max(1e-3, seconds));
        }
    }

    private Percentiles percentiles(Function<Recent, @Nullable Double> value) {
        double[] sorted = recent.stream()
                .map(value)
                .filter(Objects::nonNull)
                .mapToDouble(Double::doubleValue)
                .sorted()
                .toArray();
        return new Percentiles(rank(sorted, 0.5), rank(sorted, 0.95));
    }

    private static @Nullable Double rank(double[] sorted, double part) {
        return sorted.length == 0 ? null : sorted[(int) Math.ceil(part * sorted.length) - 1];
    }

    private static @Nullable Double ratio(@Nullable Double part, @Nullable Double whole) {
        return part == null || whole == null || whole == 0 ? null : part / whole;
    }

    private static @Nullable Double scaled(@Nullable Double value, double factor) {
        return value == null ? null : value * factor;
    }
}
