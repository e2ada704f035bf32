package io.vitrine.server.history;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

import io.vitrine.observability.catalogue.SpanName;
import io.vitrine.server.history.Slowness.BatchMet;
import io.vitrine.server.history.Slowness.Interruption;
import io.vitrine.server.history.Slowness.StageShare;
import io.vitrine.server.history.Slowness.WaitedBehind;

/** Says in sentences what made a request slow, for who is asked at night. */
final class SlownessSummary {

    private static final Map<String, String> WORDS = Map.ofEntries(
            Map.entry(SpanName.AUTH_VALIDATE.label(), "checking the key"),
            Map.entry(SpanName.REQUEST_READ.label(), "reading the body, at the client's pace"),
            Map.entry(SpanName.PROMPT_PREPARATION.label(), "checking, rendering and tokenising the prompt"),
            Map.entry(SpanName.RATE_LIMIT_CHECK.label(), "checking the tenant's limits"),
            Map.entry(SpanName.QUEUE_ENQUEUE.label(), "waiting for a slot in the batch"),
            Map.entry(SpanName.PREFILL.label(), "computing the prompt"),
            Map.entry(SpanName.DECODE.label(), "generating tokens"),
            Map.entry(SpanName.RESPONSE_FORMATTING.label(), "writing the answer"),
            Map.entry(SpanName.GRAMMAR_COMPILE.label(), "compiling the constraint on the answer"),
            Map.entry(SpanName.LEDGER_WRITE.label(), "writing the ledger"),
            Map.entry(SpanName.GATEWAY_REQUEST.label(), "between the parts of the request"),
            Map.entry(SpanName.INFERENCE_PROCESS.label(), "between the parts of the inference"),
            Map.entry(SpanName.MODEL_GENERATE.label(), "between the parts of the generation"));
    private static final double WORTH_TELLING = 0.1;
    private static final double UNUSUAL = 2;

    private SlownessSummary() {}

    static List<String> of(
            RequestFacts request,
            List<StageShare> path,
            WaitedBehind behind,
            BatchMet batch,
            Map<String, Map<String, Double>> gpus) {
        List<String> sentences = new ArrayList<>();
        sentences.add(String.format(
                Locale.ROOT,
                "The request took %s and ended %s.",
                time(Moments.millis(request.durationNanos())),
                Optional.ofNullable(request.outcome()).orElse("in a way that is not known")));
        path.stream()
                .max(Comparator.comparingDouble(StageShare::durationMs))
                .ifPresent(longest -> sentences.add(longest(longest)));
        if (behind.waitMs() > WORTH_TELLING * Moments.millis(request.durationNanos())) {
            sentences.add(waited(behind));
        }
        if (batch.steps() > 0) {
            sentences.add(batch(batch));
        }
        if (request.cachedTokens() > 0) {
            sentences.add(request.cachedTokens() + " of its " + request.inputTokens()
                    + " prompt tokens came from the prefix cache.");
        }
        if (request.preemptions() > 0) {
            sentences.add("It gave its place up to others " + request.preemptions() + " times and was computed again.");
        }
        interruptions(request.interruptions()).ifPresent(sentences::add);
        gpus.forEach((id, values) -> gpu(id, values).ifPresent(sentences::add));
        if (!request.traceKept()) {
            sentences.add("Its trace was not kept: the stages are those of its log event.");
        }
        return sentences;
    }

    private static String longest(StageShare stage) {
        String sentence = String.format(
                Locale.ROOT,
                "Most of it, %s (%.0f %%), was %s (%s)",
                time(stage.durationMs()),
                stage.share() * 100,
                stage.stage(),
                WORDS.getOrDefault(stage.stage(), "one of its stages"));
        Double usual = stage.usualMs();
        if (usual == null) {
            return sentence + ".";
        }
        boolean unusual = stage.durationMs() > UNUSUAL * usual;
        return sentence + "; " + (unusual ? "usually that takes " : "which is usual: the median is ") + time(usual)
                + ".";
    }

    private static String waited(WaitedBehind behind) {
        StringBuilder sentence = new StringBuilder(String.format(
                Locale.ROOT,
                "It waited %s for a slot while %d others ran",
                time(behind.waitMs()),
                behind.requestCount()));
        behind.requests().stream().findFirst().ifPresent(other -> sentence.append(", ")
                .append(other.requestId())
                .append(Optional.ofNullable(other.tenantId())
                        .map(tenant -> " of " + tenant)
                        .orElse(""))
                .append(" longest, for ")
                .append(time(other.overlapMs())));
        if (behind.stepsWithoutSlot() > 0) {
            sentence.append("; every slot was taken in ")
                    .append(behind.stepsWithoutSlot())
                    .append(" steps");
        }
        if (behind.stepsWithoutPages() > 0) {
            sentence.append("; memory for keys and values was short in ")
                    .append(behind.stepsWithoutPages())
                    .append(" steps");
        }
        return sentence.append(".").toString();
    }

    private static String batch(BatchMet batch) {
        return String.format(
                Locale.ROOT,
                "It ran through %d steps in batches of %d to %d, %.1f on average; %d of them computed prompts too.",
                batch.steps(),
                batch.smallest(),
                batch.largest(),
                batch.mean(),
                batch.withPrompts());
    }

    private static Optional<String> interruptions(List<Interruption> interruptions) {
        if (interruptions.isEmpty()) {
            return Optional.empty();
        }
        double millis =
                interruptions.stream().mapToDouble(Interruption::durationMs).sum();
        return Optional.of("It was interrupted " + interruptions.size()
                + " times, by the garbage collector or a busy event loop, for " + time(millis) + " in all.");
    }

    private static Optional<String> gpu(String id, Map<String, Double> values) {
        if (values.getOrDefault("usable", 1.0) == 0) {
            return Optional.of("The GPU " + id + " was not usable.");
        }
        return values.getOrDefault("throttled", 0.0) > 0
                ? Optional.of("The clocks of the GPU " + id + " were held down by heat or power.")
                : Optional.empty();
    }

    static String time(double millis) {
        return millis < 1_000
                ? String.format(Locale.ROOT, "%.1f ms", millis)
                : String.format(Locale.ROOT, "%.2f s", millis / 1_000);
    }
}
