package io.vitrine.server.history;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vitrine.observability.catalogue.EventName;
import io.vitrine.server.history.Slowness.BatchMet;
import io.vitrine.server.history.Slowness.CacheUse;
import io.vitrine.server.history.Slowness.PhaseShare;
import io.vitrine.server.history.Slowness.RunningRequest;
import io.vitrine.server.history.Slowness.StageShare;
import io.vitrine.server.history.Slowness.WaitedBehind;
import io.vitrine.store.telemetry.Answer;
import io.vitrine.store.telemetry.GpuRow;
import io.vitrine.store.telemetry.LogFilter;
import io.vitrine.store.telemetry.LogRow;
import io.vitrine.store.telemetry.SpanRow;
import io.vitrine.store.telemetry.StageSummary;
import io.vitrine.store.telemetry.StepRow;
import io.vitrine.store.telemetry.TelemetryQueries;
import io.vitrine.store.telemetry.TimeRange;
import org.jspecify.annotations.Nullable;

/** Brings together what is stored of one request and of what ran beside it. For one question. */
final class SlownessFinder {

    private static final int MOST_STEPS = 20_000;
    private static final int MOST_REQUESTS = 10_000;
    private static final int MOST_GPU_ROWS = 20_000;
    private static final int SHOWN_REQUESTS = 10;
    private static final long SECOND = Duration.ofSeconds(1).toNanos();
    private static final long USUAL = Duration.ofHours(1).toNanos();
    /** A request that ran beside this one has ended by then, whatever the limit on its time. */
    private static final long LONGEST = Duration.ofHours(1).toNanos();

    private static final long GPU_BEFORE = Duration.ofMinutes(2).toNanos();

    private final TelemetryQueries queries;
    private final List<String> damaged = new ArrayList<>();
    private List<SpanRow> spans = List.of();

    SlownessFinder(TelemetryQueries queries) {
        this.queries = queries;
    }

    Optional<Slowness> find(String requestId, @Nullable String tenantId) {
        return new RequestLookup(queries)
                .find(requestId, tenantId)
                .flatMap(this::facts)
                .map(this::explained);
    }

    private Optional<RequestFacts> facts(RequestLookup.Found found) {
        damaged.addAll(found.damaged());
        if (found.root().isPresent()) {
            SpanRow span = found.root().get();
            long start = span.startEpochNanos();
            TimeRange around = new TimeRange(start - SECOND, start + span.durationNanos() + SECOND);
            spans = rows(queries.trace(span.traceId(), around));
            return Optional.of(RequestFacts.of(span, spans));
        }
        return RequestFacts.of(found.log());
    }

    private Slowness explained(RequestFacts request) {
        Map<String, Long> usual = usual(request);
        List<StageShare> path = path(request, usual);
        List<StepRow> waiting = steps(request.queuedEpochNanos(), request.admittedEpochNanos());
        WaitedBehind behind = behind(request, waiting);
        List<StepRow> running = steps(request.admittedEpochNanos(), request.endEpochNanos());
        BatchMet batch = batch(running);
        List<PhaseShare> phases = new PhaseFinder(request, spans, running, usual).phases(behind);
        CacheUse cache = new CacheUse(request.inputTokens(), request.cachedTokens());
        Map<String, Map<String, Double>> gpus = gpus(request.endEpochNanos());
        return new Slowness(
                request.requestId(),
                request.traceId(),
                request.tenantId(),
                request.outcome(),
                Moments.text(request.startEpochNanos()),
                Moments.millis(request.durationNanos()),
                request.traceKept(),
                path,
                behind,
                batch,
                cache,
                PhaseFinder.cause(phases, Moments.millis(request.durationNanos()))
                        .orElse(null),
                phases,
                request.interruptions(),
                request.preemptions(),
                gpus,
                SlownessSummary.of(request, path, behind, batch, gpus),
                damaged);
    }

    private Map<String, Long> usual(RequestFacts request) {
        long start = request.startEpochNanos();
        return rows(queries.stages(new TimeRange(start - USUAL, start))).stream()
                .collect(Collectors.toMap(StageSummary::name, StageSummary::p50Nanos));
    }

    private static List<StageShare> path(RequestFacts request, Map<String, Long> usual) {
        double whole = Math.max(1, request.durationNanos());
        return request.stages().entrySet().stream()
                .map(stage -> new StageShare(
                        stage.getKey(),
                        Moments.millis(stage.getValue()),
                        stage.getValue() / whole,
                        Optional.ofNullable(usual.get(stage.getKey()))
                                .map(Moments::millis)
                                .orElse(null)))
                .toList();
    }

    private List<StepRow> steps(long from, long to) {
        return to <= from ? List.of() : rows(queries.steps(new TimeRange(from, to), MOST_STEPS));
    }

    private WaitedBehind behind(RequestFacts request, List<StepRow> waiting) {
        List<RunningRequest> running = running(request);
        return new WaitedBehind(
                Moments.millis(request.admittedEpochNanos() - request.queuedEpochNanos()),
                running.size(),
                running.subList(0, Math.min(SHOWN_REQUESTS, running.size())),
                decided(waiting, request.requestId(), "waits_for_slot"),
                decided(waiting, request.requestId(), "waits_for_pages"));
    }

    /** By their log events, which also those requests have whose traces were not kept; longest first. */
    private List<RunningRequest> running(RequestFacts request) {
        long from = request.queuedEpochNanos();
        long to = request.admittedEpochNanos();
        if (to <= from) {
            return List.of();
        }
        LogFilter ended = new LogFilter(null, null, null, EventName.REQUEST_COMPLETED.label());
        List<RunningRequest> running = new ArrayList<>();
        for (LogRow row : rows(queries.firstLogs(new TimeRange(from, to + LONGEST), ended, MOST_REQUESTS))) {
            RequestFacts other = RequestFacts.of(row);
            long overlap = Math.min(to, other.endEpochNanos()) - Math.max(from, other.admittedEpochNanos());
            if (overlap > 0 && !other.isSameAs(request)) {
                running.add(new RunningRequest(other.requestId(), other.tenantId(), Moments.millis(overlap)));
            }
        }
        running.sort(Comparator.comparingDouble(RunningRequest::overlapMs).reversed());
        return running;
    }

    private static int decided(List<StepRow> steps, String requestId, String reason) {
        int count = 0;
        for (StepRow step : steps) {
            for (JsonNode decision : Attributes.read(step.attributesJson()).path("decisions")) {
                boolean its = decision.path("request_id").asText().equals(requestId);
                count += its && decision.path("reason").asText().equals(reason) ? 1 : 0;
            }
        }
        return count;
    }

    private static BatchMet batch(List<StepRow> steps) {
        var sizes = steps.stream().mapToInt(StepRow::batchSize).summaryStatistics();
        int withPrompts = (int)
                steps.stream().filter(step -> !step.phase().equals("decode")).count();
        int waiting = 0;
        for (StepRow step : steps) {
            ObjectNode values = Attributes.read(step.attributesJson());
            waiting = Math.max(waiting, values.path("waiting").asInt());
        }
        boolean none = steps.isEmpty();
        return new BatchMet(
                steps.size(),
                none ? 0 : sizes.getMin(),
                sizes.getAverage(),
                none ? 0 : sizes.getMax(),
                withPrompts,
                waiting);
    }

    private Map<String, Map<String, Double>> gpus(long end) {
        Map<String, Map<String, Double>> gpus = new TreeMap<>();
        for (GpuRow row : rows(queries.gpu(new TimeRange(end - GPU_BEFORE, end + SECOND), MOST_GPU_ROWS))) {
            gpus.computeIfAbsent(row.gpuId(), id -> new TreeMap<>()).put(row.metric(), row.value());
        }
        return gpus;
    }

    private <T> List<T> rows(Answer<T> answer) {
        damaged.addAll(answer.setAside());
        return answer.rows();
    }
}
