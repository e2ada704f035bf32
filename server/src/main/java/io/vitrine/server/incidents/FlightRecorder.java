package io.vitrine.server.incidents;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import io.vitrine.model.engine.EngineListener;
import io.vitrine.model.engine.ModelRunnerException;
import io.vitrine.model.engine.NanoClock;
import io.vitrine.model.engine.StepReport;

/**
 * Keeps the engine's last steps and failures in memory, whether telemetry is stored or not. Costs the engine thread one
 * write a step; read by any thread, which may miss a step that is being replaced.
 */
public final class FlightRecorder {

    private static final int STEPS = 512;
    private static final int FAILURES = 64;
    private static final int FRAMES = 20;

    private final AtomicReferenceArray<StepReport> steps = new AtomicReferenceArray<>(STEPS);
    private final AtomicReferenceArray<Failure> failures = new AtomicReferenceArray<>(FAILURES);
    private final AtomicLong failureCount = new AtomicLong();
    private final NanoClock clock;

    /** @param clock the engine's */
    public FlightRecorder(NanoClock clock) {
        this.clock = clock;
    }

    /** A failure without its message, which may quote a request. */
    private record Failure(long atNanos, String kind, String requestId, String exception, List<String> stack) {}

    /** A listener that records, and passes everything on to another one. */
    public EngineListener before(EngineListener next) {
        return new Recording(next);
    }

    private final class Recording implements EngineListener {

        private final EngineListener next;
        /** The engine thread's. */
        private int place;

        Recording(EngineListener next) {
            this.next = next;
        }

        @Override
        public void stepEnded(StepReport report) {
            steps.setRelease(place, report);
            place = place + 1 == STEPS ? 0 : place + 1;
            next.stepEnded(report);
        }

        @Override
        public void requestFailed(String requestId, Throwable cause) {
            record("request_failed", requestId, cause);
            next.requestFailed(requestId, cause);
        }

        @Override
        public void stepFailed(ModelRunnerException cause) {
            record("step_failed", "", cause);
            next.stepFailed(cause);
        }

        @Override
        public void stopped(Throwable cause) {
            record("engine_stopped", "", cause);
            next.stopped(cause);
        }
    }

    private void record(String kind, String requestId, Throwable cause) {
        List<String> stack = Stream.of(cause.getStackTrace())
                .limit(FRAMES)
                .map(StackTraceElement::toString)
                .toList();
        Throwable root = cause;
        while (root.getCause() != null && root.getCause() != root) {
            root = root.getCause();
        }
        String classes = root == cause
                ? cause.getClass().getName()
                : cause.getClass().getName() + " caused by " + root.getClass().getName();
        int place = (int) (failureCount.getAndIncrement() % FAILURES);
        failures.setRelease(place, new Failure(clock.nanoTime(), kind, requestId, classes, stack));
    }

    /** The failures, then the steps, newest first. */
    EvidenceContent collect(EvidenceRequest request) {
        long zero = request.until().toEpochMilli() * 1_000_000 - clock.nanoTime();
        JsonLines lines = new JsonLines(request.maxBytes());
        all(failures).stream()
                .sorted(Comparator.comparingLong(Failure::atNanos).reversed())
                .forEach(failure -> lines.add(line(failure, zero)));
        all(steps).stream()
                .sorted(Comparator.comparingLong(StepReport::index).reversed())
                .forEach(step -> lines.add(line(step, zero)));
        return lines.content("the engine has made no step");
    }

    private static <T> List<T> all(AtomicReferenceArray<T> ring) {
        return IntStream.range(0, ring.length())
                .mapToObj(ring::getAcquire)
                .filter(Objects::nonNull)
                .toList();
    }

    private static Map<String, Object> line(Failure failure, long zero) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("at", at(zero + failure.atNanos()));
        line.put("kind", failure.kind());
        if (!failure.requestId().isEmpty()) {
            line.put("request_id", failure.requestId());
        }
        line.put("exception", failure.exception());
        line.put("stack", failure.stack());
        return line;
    }

    private static Map<String, Object> line(StepReport step, long zero) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("at", at(zero + step.startNanos()));
        line.put("kind", "step");
        line.put("index", step.index());
        line.put("duration_ms", millis(step.endNanos() - step.startNanos()));
        line.put("model_ms", millis(step.modelNanos()));
        line.put("sampling_ms", millis(step.samplingNanos()));
        line.put("prefill_tokens", step.prefillTokens());
        line.put("decode_tokens", step.decodeTokens());
        line.put("decoding", step.decodingCount());
        line.put("running", step.runningCount());
        line.put("waiting", step.waitingCount());
        line.put("kv_pages_used", step.kvPagesUsed());
        line.put("kv_pages_cached", step.kvPagesCached());
        List<Map<String, Object>> decisions = new ArrayList<>();
        step.decisions()
                .forEach(decision -> decisions.add(Map.of(
                        "request_id", decision.requestId(),
                        "reason", decision.reason().name().toLowerCase(Locale.ROOT),
                        "tokens", decision.tokens())));
        line.put("decisions", decisions);
        return line;
    }

    private static String at(long epochNanos) {
        return Instant.EPOCH.plusNanos(epochNanos).toString();
    }

    private static double millis(long nanos) {
        return nanos * 1e-6;
    }
}
