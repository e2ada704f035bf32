package io.vitrine.server.history;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

import com.fasterxml.jackson.databind.JsonNode;
import io.vitrine.observability.catalogue.SpanAttributes;
import io.vitrine.observability.catalogue.SpanEvent;
import io.vitrine.observability.catalogue.SpanName;
import io.vitrine.server.history.Slowness.Cause;
import io.vitrine.server.history.Slowness.PhaseShare;
import io.vitrine.server.history.Slowness.WaitedBehind;
import io.vitrine.store.telemetry.SpanRow;
import io.vitrine.store.telemetry.StepRow;

/**
 * Divides the time of a request into phases, and names the one that made it slow: the phase that took most beyond its usual time.
 *
 * <p>The stages of the critical path are the beginning. From them is taken what others did to the request meanwhile: pauses of the
 * garbage collector, the second computation after a preemption, and what steps took longer because they also computed prompts of
 * others. A pause is taken first: it also lengthens whatever it interrupts.
 */
final class PhaseFinder {

    private static final Map<String, Phase> PHASES = Map.ofEntries(
            Map.entry(SpanName.REQUEST_READ.label(), Phase.SLOW_UPLOAD),
            Map.entry(SpanName.PROMPT_PREPARATION.label(), Phase.PREPARATION),
            Map.entry(SpanName.QUEUE_ENQUEUE.label(), Phase.QUEUE),
            // In the batch, and its prompt not begun: steps compute the prompts of others first.
            Map.entry(SpanName.MODEL_GENERATE.label(), Phase.NEIGHBOUR_PREFILL),
            Map.entry(SpanName.PREFILL.label(), Phase.PREFILL),
            Map.entry(SpanName.DECODE.label(), Phase.DECODE),
            Map.entry(SpanName.TOKEN_SAMPLING.label(), Phase.DECODE),
            Map.entry(SpanName.RESPONSE_FORMATTING.label(), Phase.SLOW_CLIENT),
            Map.entry(SpanName.LEDGER_WRITE.label(), Phase.LEDGER));

    private static final double WORTH_NAMING = 0.1;
    /** A step that also computes prompts is compared with this many of those that do not. */
    private static final int PLAIN_STEPS = 3;

    private final RequestFacts request;
    private final List<SpanRow> spans;
    private final List<StepRow> steps;
    private final Map<String, Long> usualStages;
    private final Map<Phase, Long> nanos = new EnumMap<>(Phase.class);
    private final Map<Phase, List<String>> evidence = new EnumMap<>(Phase.class);

    /**
     * For one request.
     *
     * @param spans of its trace; empty if that was not kept
     * @param steps of the engine from its admission to its end
     * @param usualStages median nanoseconds of stages before it
     */
    PhaseFinder(RequestFacts request, List<SpanRow> spans, List<StepRow> steps, Map<String, Long> usualStages) {
        this.request = request;
        this.spans = spans;
        this.steps = steps;
        this.usualStages = usualStages;
    }

    /** The phases, in the order of {@link Phase}; they add up to the request's duration. */
    List<PhaseShare> phases(WaitedBehind behind) {
        request.stages().forEach((stage, time) -> add(PHASES.getOrDefault(stage, Phase.GATEWAY), time));
        takePauses();
        takePreemptions();
        takeNeighbours();
        addEvidence(behind);
        double whole = Math.max(1, request.durationNanos());
        List<PhaseShare> phases = new ArrayList<>();
        for (Phase phase : Phase.values()) {
            long time = nanos.getOrDefault(phase, 0L);
            if (time > 0) {
                Optional<Long> usual = usual(phase);
                phases.add(new PhaseShare(
                        phase.label(),
                        Moments.millis(time),
                        time / whole,
                        usual.map(Moments::millis).orElse(null),
                        usual.map(one -> Moments.millis(Math.max(0, time - one)))
                                .orElse(null),
                        evidence.getOrDefault(phase, List.of())));
            }
        }
        return phases;
    }

    /** What nothing is usual of, others' work and pauses, is all beyond the usual. */
    private Optional<Long> usual(Phase phase) {
        if (usualStages.isEmpty()) {
            return Optional.empty();
        }
        return switch (phase) {
            case NEIGHBOUR_PREFILL, PREEMPTION, GC_PAUSE -> Optional.of(0L);
            case GATEWAY -> Optional.empty();
            default ->
                Optional.of(PHASES.entrySet().stream()
                        .filter(entry -> entry.getValue() == phase)
                        .mapToLong(entry -> usualStages.getOrDefault(entry.getKey(), 0L))
                        .max()
                        .orElse(0));
        };
    }

    /** Empty for a request without duration. */
    static Optional<Cause> cause(List<PhaseShare> phases, double durationMs) {
        Optional<PhaseShare> unusual = phases.stream()
                .filter(phase -> phase.excessMs() != null)
                .max(Comparator.comparingDouble(PhaseFinder::excess))
                .filter(phase -> excess(phase) >= WORTH_NAMING * durationMs);
        return unusual.or(() -> phases.stream().max(Comparator.comparingDouble(PhaseShare::durationMs)))
                .map(phase -> new Cause(phase.phase(), phase.share(), sentence(phase, unusual.isPresent())));
    }

    private static double excess(PhaseShare phase) {
        return Optional.ofNullable(phase.excessMs()).orElse(0.0);
    }

    private static String sentence(PhaseShare phase, boolean unusual) {
        String words = Phase.valueOf(phase.phase().toUpperCase(Locale.ROOT)).words();
        return String.format(
                Locale.ROOT,
                "%s of it (%.0f %%) was spent %s%s.",
                time(phase.durationMs()),
                100 * phase.share(),
                words,
                unusual ? ", " + time(excess(phase)) + " more than usual" : ", the longest part; nothing was unusual");
    }

    private void add(Phase phase, long time) {
        nanos.merge(phase, time, Long::sum);
    }

    /** Moves time between phases, never more than there is. */
    private long move(Phase from, Phase to, long time) {
        long moved = Math.max(0, Math.min(time, nanos.getOrDefault(from, 0L)));
        if (moved > 0) {
            nanos.merge(from, -moved, Long::sum);
            add(to, moved);
        }
        return moved;
    }

    private void takePauses() {
        for (JsonNode pause : events(SpanEvent.GC_PAUSE)) {
            long start = pause.path("at_nanos").asLong();
            long end = start + pause.path(SpanAttributes.DURATION.getKey()).asLong();
            long moved = 0;
            for (SpanRow span : spans) {
                Phase phase = PHASES.get(span.name());
                if (phase != null && isStage(span)) {
                    long overlap = Math.min(end, span.startEpochNanos() + span.durationNanos())
                            - Math.max(start, span.startEpochNanos());
                    moved += move(phase, Phase.GC_PAUSE, overlap);
                }
            }
            if (moved > 0) {
                note(
                        Phase.GC_PAUSE,
                        pause.path(SpanAttributes.GC_NAME.getKey()).asText("the collector") + " at "
                                + Moments.text(start) + " stopped it for " + time(Moments.millis(moved)));
            }
        }
    }

    /** Sampling and recomputed prompts lie inside a decode, which is counted whole. */
    private boolean isStage(SpanRow span) {
        return !span.name().equals(SpanName.TOKEN_SAMPLING.label())
                && !(span.name().equals(SpanName.PREFILL.label()) && isBelowDecode(span));
    }

    private boolean isBelowDecode(SpanRow span) {
        return spans.stream()
                .anyMatch(other ->
                        other.spanId().equals(span.parentId()) && other.name().equals(SpanName.DECODE.label()));
    }

    private List<JsonNode> events(SpanEvent kind) {
        List<JsonNode> found = new ArrayList<>();
        for (SpanRow span : spans) {
            if (kind == SpanEvent.GC_PAUSE && span.parentId() != null) {
                continue;
            }
            for (JsonNode event : Attributes.read(span.attributesJson()).path("events")) {
                if (event.path("name").asText().equals(kind.label())) {
                    found.add(event);
                }
            }
        }
        return found;
    }

    private void takePreemptions() {
        long again = 0;
        for (SpanRow span : spans) {
            var attributes = Attributes.read(span.attributesJson());
            again += Attributes.number(attributes, SpanAttributes.GAP_REQUEUE);
            if (attributes.path(SpanAttributes.RECOMPUTED.getKey()).asBoolean()) {
                again += span.durationNanos();
            }
        }
        long moved = move(Phase.DECODE, Phase.PREEMPTION, again);
        moved += move(Phase.PREFILL, Phase.PREEMPTION, again - moved);
        moved += move(Phase.GATEWAY, Phase.PREEMPTION, again - moved);
        if (moved > 0) {
            note(Phase.PREEMPTION, "it gave its pages up " + request.preemptions() + " times and was computed again");
        }
    }

    /** A step with prompts of others, beyond the median of the steps without. */
    private void takeNeighbours() {
        long firstToken = firstTokenEpochNanos();
        List<StepRow> own =
                steps.stream().filter(step -> step.atEpochNanos() >= firstToken).toList();
        long plain =
                median(own.stream().filter(step -> prefillTokens(step) == 0).toList());
        long moved = 0;
        int count = 0;
        long tokens = 0;
        for (StepRow step : own) {
            if (prefillTokens(step) > 0 && !isRecomputed(step)) {
                long more = plain > 0
                        ? step.durationNanos() - plain
                        : step.durationNanos() * prefillTokens(step) / Math.max(1, step.tokens());
                long taken = move(Phase.DECODE, Phase.NEIGHBOUR_PREFILL, more - pausedDuring(step));
                moved += taken;
                count += taken > 0 ? 1 : 0;
                tokens += prefillTokens(step);
            }
        }
        if (moved > 0) {
            note(
                    Phase.NEIGHBOUR_PREFILL,
                    count + " of its steps also computed " + tokens + " prompt tokens of others, which made them "
                            + time(Moments.millis(moved)) + " longer");
        }
        takeNeighboursOfPrefill();
    }

    /** Of its own prompt's steps, what they took for others. */
    private void takeNeighboursOfPrefill() {
        long others = 0;
        for (SpanRow span : spans) {
            if (span.name().equals(SpanName.PREFILL.label()) && isStage(span)) {
                var attributes = Attributes.read(span.attributesJson());
                long wall = Attributes.number(attributes, SpanAttributes.WALL);
                long share = Attributes.number(attributes, SpanAttributes.SHARE);
                boolean again =
                        attributes.path(SpanAttributes.RECOMPUTED.getKey()).asBoolean();
                others += again ? 0 : Math.max(0, wall - share);
            }
        }
        long moved = move(Phase.PREFILL, Phase.NEIGHBOUR_PREFILL, others);
        if (moved > 0) {
            note(
                    Phase.NEIGHBOUR_PREFILL,
                    "the steps of its own prompt took " + time(Moments.millis(moved)) + " for others");
        }
    }

    private static int prefillTokens(StepRow step) {
        return step.phase().equals("decode")
                ? 0
                : Attributes.read(step.attributesJson()).path("prefill_tokens").asInt();
    }

    /** After a preemption its own prompt is computed again. */
    private boolean isRecomputed(StepRow step) {
        return request.preemptions() > 0
                && Attributes.read(step.attributesJson())
                                .path("replayed_tokens")
                                .asInt()
                        > 0;
    }

    private long pausedDuring(StepRow step) {
        long paused = 0;
        for (JsonNode pause : events(SpanEvent.GC_PAUSE)) {
            long start = pause.path("at_nanos").asLong();
            long end = start + pause.path(SpanAttributes.DURATION.getKey()).asLong();
            paused += Math.max(
                    0,
                    Math.min(end, step.atEpochNanos() + step.durationNanos()) - Math.max(start, step.atEpochNanos()));
        }
        return paused;
    }

    private static long median(List<StepRow> steps) {
        if (steps.size() < PLAIN_STEPS) {
            return 0;
        }
        long[] durations =
                steps.stream().mapToLong(StepRow::durationNanos).sorted().toArray();
        return durations[durations.length / 2];
    }

    private long firstTokenEpochNanos() {
        return events(SpanEvent.FIRST_TOKEN).stream()
                .mapToLong(event -> event.path("at_nanos").asLong())
                .min()
                .orElse(request.admittedEpochNanos() + ownPromptNanos());
    }

    /** Of a request whose trace was not kept: its stages are. */
    private long ownPromptNanos() {
        return request.stages().getOrDefault(SpanName.PREFILL.label(), 0L);
    }

    private void addEvidence(WaitedBehind behind) {
        if (nanos.getOrDefault(Phase.QUEUE, 0L) > 0) {
            if (behind.requestCount() > 0) {
                note(Phase.QUEUE, behind.requestCount() + " other requests ran while it waited");
            }
            if (behind.stepsWithoutSlot() > 0) {
                note(Phase.QUEUE, "every slot was taken in " + behind.stepsWithoutSlot() + " steps");
            }
            if (behind.stepsWithoutPages() > 0) {
                note(Phase.QUEUE, "too few pages were free in " + behind.stepsWithoutPages() + " steps");
            }
        }
        if (nanos.getOrDefault(Phase.PREFILL, 0L) > 0) {
            note(
                    Phase.PREFILL,
                    request.inputTokens() + " prompt tokens, " + request.cachedTokens() + " of them from the cache");
        }
        if (nanos.getOrDefault(Phase.DECODE, 0L) > 0 && !steps.isEmpty()) {
            note(Phase.DECODE, steps.size() + " steps");
        }
    }

    private void note(Phase phase, String sentence) {
        evidence.computeIfAbsent(phase, any -> new ArrayList<>()).add(sentence);
    }

    private static String time(double millis) {
        return SlownessSummary.time(millis);
    }
}
