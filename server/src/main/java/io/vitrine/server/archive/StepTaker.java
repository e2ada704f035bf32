package io.vitrine.server.archive;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

import io.vitrine.model.engine.EngineListener;
import io.vitrine.model.engine.NanoClock;
import io.vitrine.model.engine.StepReport;
import io.vitrine.server.history.Tail;
import io.vitrine.store.telemetry.StepRow;
import io.vitrine.store.telemetry.TelemetryStore;

/** Makes rows of the engines' steps, some hundred at a time. */
final class StepTaker {

    /** Places for two seconds of an engine that does nothing else than the fastest of steps; they are taken ten times a second. */
    private static final int RING = 4_096;

    private final TelemetryStore store;
    private final Tail tail;
    private final NanoClock clock;
    private final List<Source> sources = new CopyOnWriteArrayList<>();

    private record Source(String modelName, long kvPageBytes, StepRing ring) {}

    StepTaker(TelemetryStore store, Tail tail, NanoClock clock) {
        this.store = store;
        this.tail = tail;
        this.clock = clock;
    }

    EngineListener listener(String modelName, long kvPageBytes) {
        Source source = new Source(modelName, kvPageBytes, new StepRing(RING));
        sources.add(source);
        return source.ring();
    }

    /** Steps that came faster than they were taken. */
    long dropped() {
        return sources.stream().mapToLong(source -> source.ring().dropped()).sum();
    }

    void take() {
        // Anew each time: the time of day may have been set meanwhile.
        long zeroEpochNanos = TimeOfDay.epochNanos() - clock.nanoTime();
        for (Source source : sources) {
            List<StepRow> rows = new ArrayList<>();
            source.ring().take(report -> {
                StepRow row = row(source, report, zeroEpochNanos);
                store.record(row);
                if (tail.isFollowed()) {
                    rows.add(row);
                }
            });
            tail.stepped(rows);
        }
    }

    private static StepRow row(Source source, StepReport report, long zeroEpochNanos) {
        return new StepRow(
                zeroEpochNanos + report.startNanos(),
                report.endNanos() - report.startNanos(),
                phase(report),
                report.runningCount(),
                report.prefillTokens() + report.decodeTokens(),
                report.kvPagesUsed() * source.kvPageBytes(),
                Json.object(values(source, report)));
    }

    /** A step can be both: some sequences decode while the prompt of another is computed. */
    private static String phase(StepReport report) {
        if (report.prefillTokens() == 0) {
            return "decode";
        }
        return report.decodingCount() == 0 ? "prefill" : "mixed";
    }

    private static Map<String, Object> values(Source source, StepReport report) {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("model", source.modelName());
        values.put("index", report.index());
        values.put("model_ns", report.modelNanos());
        values.put("sampling_ns", report.samplingNanos());
        values.put("prefill_tokens", report.prefillTokens());
        values.put("decode_tokens", report.decodeTokens());
        values.put("waiting", report.waitingCount());
        report.timings().ifPresent(timings -> {
            values.put("attention_ns", timings.projectionNanos() + timings.attentionNanos());
            values.put("feed_forward_ns", timings.feedForwardNanos());
            values.put("head_ns", timings.headNanos());
        });
        putIfNot0(values, "drafted_tokens", report.draftedTokens());
        putIfNot0(values, "accepted_tokens", report.acceptedTokens());
        putIfNot0(values, "replayed_tokens", report.replayedTokens());
        putIfNot0(values, "cache_hit_pages", report.cacheCounts().hitPages());
        putIfNot0(values, "preempted", report.preemptionCount());
        if (!report.decisions().isEmpty()) {
            values.put(
                    "decisions",
                    report.decisions().stream()
                            .map(decision -> Map.of(
                                    "request_id",
                                    decision.requestId(),
                                    "reason",
                                    decision.reason().name().toLowerCase(Locale.ROOT)))
                            .toList());
        }
        return values;
    }

    private static void putIfNot0(Map<String, Object> values, String name, int count) {
        if (count != 0) {
            values.put(name, count);
        }
    }
}
