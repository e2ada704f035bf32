package io.vitrine.observability.tracing;

import java.util.Locale;
import java.util.Optional;

import io.opentelemetry.api.trace.SpanContext;
import io.vitrine.model.engine.FinishReason;
import io.vitrine.observability.ErrorType;
import io.vitrine.observability.Outcome;
import io.vitrine.observability.catalogue.SpanAttributes;
import io.vitrine.observability.catalogue.SpanEvent;
import io.vitrine.observability.catalogue.SpanName;

/** From the notes of one choice to its spans: {@code model_generate} and all below it. */
final class ChoiceSpans {

    private final SpanTree tree;
    private final ChoiceTrace choice;

    ChoiceSpans(SpanTree tree, ChoiceTrace choice) {
        this.tree = tree;
        this.choice = choice;
    }

    /** Why a choice ended that did not end well. */
    static Optional<String> errorOf(FinishReason reason) {
        return switch (reason) {
            case STOP, LENGTH -> Optional.empty();
            case CANCELLED -> Optional.of(Outcome.CANCELLED.label());
            case REFUSED -> Optional.of(Outcome.REFUSED.label());
            case TIMED_OUT -> Optional.of(ErrorType.DEADLINE_EXCEEDED.label());
            case FAILED -> Optional.of(ErrorType.MODEL_FAILED.label());
            case UNUSABLE_LOGITS -> Optional.of(ErrorType.UNUSABLE_LOGITS.label());
            case CONSTRAINT_LIMIT -> Optional.of(ErrorType.CONSTRAINT_LIMIT_EXCEEDED.label());
        };
    }

    void addTo(SpanContext inference) {
        SpanTree.Draft generate = tree.draft(
                SpanName.MODEL_GENERATE, Scopes.INFERENCE, inference, choice.admittedNanos, choice.endedNanos);
        generate.attributes.put(SpanAttributes.CHOICE, choice.choice).put(SpanAttributes.SLOT, choice.slot);
        choice.generateGaps.putInto(generate.attributes);
        endInto(generate);
        choice.moments.forEach(moment -> generate.events.add(tree.event(moment)));
        if (choice.started) {
            generate.events.add(tree.event(new Moment(SpanEvent.FIRST_TOKEN, choice.firstTokenNanos, 0)));
        }
        generate.add();
        choice.prefills.forEach(note -> addPrefill(note, generate.context(), false));
        if (choice.detailed) {
            addFirstSampling(generate.context());
            choice.recomputes.forEach(note -> addPrefill(note, generate.context(), true));
            choice.decodeSteps.forEach(note -> addDecodeStep(note, generate.context()));
        } else if (choice.prefilled) {
            addDecode(generate.context());
        }
    }

    private void endInto(SpanTree.Draft draft) {
        if (choice.finishReason != null) {
            draft.attributes.put(
                    SpanAttributes.FINISH_REASON, choice.finishReason.name().toLowerCase(Locale.ROOT));
            errorOf(choice.finishReason).ifPresent(draft::failed);
        }
    }

    private void addPrefill(StepNote note, SpanContext generate, boolean again) {
        SpanTree.Draft prefill =
                tree.draft(SpanName.PREFILL, Scopes.INFERENCE, generate, note.startNanos, note.modelEndNanos);
        describe(prefill, note);
        if (again) {
            prefill.attributes.put(SpanAttributes.RECOMPUTED, true);
        }
        long between = note.modelEndNanos - note.startNanos - note.wallNanos;
        prefill.attributes.put(SpanAttributes.GAP_SCHEDULING, between);
        ModelParts parts = note.parts.steps() > 0 ? note.parts : choice.usualPrefill;
        addModel(prefill, parts.scaledTo(note.wallNanos), note.startNanos, note.steps > 1);
        prefill.add();
    }

    private static void describe(SpanTree.Draft draft, StepNote note) {
        draft.attributes
                .put(SpanAttributes.STEP_INDEX, note.index)
                .put(SpanAttributes.BATCH_SIZE, note.sequenceCount)
                .put(SpanAttributes.TOKENS, note.tokens)
                .put(SpanAttributes.STEPS, note.steps)
                .put(SpanAttributes.TIMED_STEPS, note.parts.steps())
                .put(SpanAttributes.WALL, note.wallNanos)
                .put(SpanAttributes.SHARE, note.shareNanos + note.samplingNanos)
                .put(SpanAttributes.AGGREGATED, note.steps > 1);
        if (note.step != null) {
            note.step.describeGpu(draft.attributes, note.modelEndNanos);
            draft.linkTo(note.step.context());
        }
    }

    /** Attention, feed-forward and output head, one after the other from {@code startNanos}; gives where the last one ends. */
    private long addModel(SpanTree.Draft parent, ModelParts.Split split, long startNanos, boolean aggregated) {
        parent.attributes.put(SpanAttributes.GAP_MODEL, split.other());
        if (split.attention() + split.feedForward() + split.head() == 0 && !split.withHead()) {
            return startNanos;
        }
        long attentionEnd = startNanos + split.attention();
        SpanTree.Draft attention = tree.draft(
                SpanName.ATTENTION_COMPUTATION, Scopes.INFERENCE, parent.context(), startNanos, attentionEnd);
        attention
                .attributes
                .put(SpanAttributes.PROJECTION, split.projection())
                .put(SpanAttributes.AGGREGATED, aggregated);
        attention.add();
        long feedForwardEnd = attentionEnd + split.feedForward();
        addPart(SpanName.FEED_FORWARD, parent, attentionEnd, feedForwardEnd, aggregated);
        if (!split.withHead()) {
            return feedForwardEnd;
        }
        long end = feedForwardEnd + split.head();
        addPart(SpanName.OUTPUT_HEAD, parent, feedForwardEnd, end, aggregated);
        return end;
    }

    private void addPart(SpanName name, SpanTree.Draft parent, long startNanos, long endNanos, boolean aggregated) {
        SpanTree.Draft part = tree.draft(name, Scopes.INFERENCE, parent.context(), startNanos, endNanos);
        part.attributes.put(SpanAttributes.AGGREGATED, aggregated);
        part.add();
    }

    /** All steps after the prompt as one span, whose children are sums. */
    private void addDecode(SpanContext generate) {
        StepSums sums = choice.decode;
        SpanTree.Draft decode =
                tree.draft(SpanName.DECODE, Scopes.INFERENCE, generate, choice.prefillEndNanos, choice.endedNanos);
        decode.attributes
                .put(SpanAttributes.AGGREGATED, true)
                .put(SpanAttributes.STEPS, sums.steps)
                .put(SpanAttributes.TIMED_STEPS, sums.parts.steps())
                .put(SpanAttributes.TOKENS, sums.tokens)
                .put(SpanAttributes.WALL, sums.wallNanos)
                .put(SpanAttributes.SHARE, sums.shareNanos + sums.samplingNanos);
        choice.decodeGaps.putInto(decode.attributes);
        ModelParts parts = sums.parts.steps() > 0 ? sums.parts : choice.usualDecode;
        long modelEnd = addModel(decode, parts.scaledTo(sums.wallNanos), choice.prefillEndNanos, true);
        addSampling(decode.context(), modelEnd, Sampling.of(sums), true);
        addRecompute(decode.context(), modelEnd + sums.samplingNanos);
        decode.add();
    }

    /** All that was computed again, as one span after the other sums. */
    private void addRecompute(SpanContext decode, long startNanos) {
        StepSums sums = choice.recompute;
        if (sums.steps == 0) {
            return;
        }
        SpanTree.Draft prefill =
                tree.draft(SpanName.PREFILL, Scopes.INFERENCE, decode, startNanos, startNanos + sums.wallNanos);
        prefill.attributes
                .put(SpanAttributes.RECOMPUTED, true)
                .put(SpanAttributes.AGGREGATED, true)
                .put(SpanAttributes.STEPS, sums.steps)
                .put(SpanAttributes.TIMED_STEPS, sums.parts.steps())
                .put(SpanAttributes.TOKENS, sums.tokens)
                .put(SpanAttributes.WALL, sums.wallNanos)
                .put(SpanAttributes.SHARE, sums.shareNanos);
        ModelParts parts = sums.parts.steps() > 0 ? sums.parts : choice.usualPrefill;
        addModel(prefill, parts.scaledTo(sums.wallNanos), startNanos, true);
        prefill.add();
    }

    private void addFirstSampling(SpanContext generate) {
        StepSums first = choice.firstSampling;
        addSampling(generate, choice.firstSampledNanos - first.samplingNanos, Sampling.of(first), false);
    }

    private void addDecodeStep(StepNote note, SpanContext generate) {
        SpanTree.Draft decode = tree.draft(SpanName.DECODE, Scopes.INFERENCE, generate, note.startNanos, note.endNanos);
        describe(decode, note);
        long between = note.endNanos - note.startNanos - note.wallNanos - note.samplingNanos;
        decode.attributes.put(SpanAttributes.GAP_SCHEDULING, between);
        ModelParts parts = note.parts.steps() > 0 ? note.parts : choice.usualDecode;
        addModel(decode, parts.scaledTo(note.wallNanos), note.startNanos, note.steps > 1);
        // At its own time; of several tokens the sum, from the first on.
        addSampling(decode.context(), note.samplingStartNanos, Sampling.of(note), note.sampledCount > 1);
        decode.add();
    }

    private void addSampling(SpanContext parent, long startNanos, Sampling sampling, boolean aggregated) {
        if (sampling.count == 0) {
            return;
        }
        SpanTree.Draft draft =
                tree.draft(SpanName.TOKEN_SAMPLING, Scopes.INFERENCE, parent, startNanos, startNanos + sampling.nanos);
        draft.attributes.put(SpanAttributes.TOKENS, sampling.count).put(SpanAttributes.AGGREGATED, aggregated);
        if (choice.request.constraint() != null) {
            draft.attributes
                    .put(SpanAttributes.CONSTRAINT, sampling.constraintNanos)
                    .put(SpanAttributes.FORCED_TOKENS, sampling.forcedCount);
        }
        draft.add();
    }

    /** What was drawn in some steps. */
    private record Sampling(long nanos, int count, long constraintNanos, int forcedCount) {

        static Sampling of(StepSums sums) {
            return new Sampling(sums.samplingNanos, sums.sampledCount, sums.constraintNanos, sums.forcedCount);
        }

        static Sampling of(StepNote note) {
            return new Sampling(note.samplingNanos, note.sampledCount, note.constraintNanos, note.forcedCount);
        }
    }
}
