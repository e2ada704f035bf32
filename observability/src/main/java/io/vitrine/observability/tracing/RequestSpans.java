package io.vitrine.observability.tracing;

import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.ReadableSpan;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.vitrine.model.engine.GenerationRequest;
import io.vitrine.model.sampling.SamplingParams;
import io.vitrine.observability.ConstraintCompiled;
import io.vitrine.observability.ErrorType;
import io.vitrine.observability.Outcome;
import io.vitrine.observability.RequestCharge;
import io.vitrine.observability.RequestHead;
import io.vitrine.observability.RequestSummary;
import io.vitrine.observability.Route;
import io.vitrine.observability.catalogue.Meters;
import io.vitrine.observability.catalogue.SpanAttributes;
import io.vitrine.observability.catalogue.SpanEvent;
import io.vitrine.observability.catalogue.SpanName;

/** From what was noted of a request to the spans of its trace. */
final class RequestSpans {

    private static final String OTHER_METHOD = "_OTHER";
    private static final Set<String> KNOWN_METHODS =
            Set.of("CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "TRACE");
    private static final int SERVER_ERRORS = 500;
    private static final double NANOS_PER_SECOND = 1e9;
    private static final Set<ErrorType> LIMIT_ERRORS = EnumSet.of(
            ErrorType.REQUEST_RATE_EXCEEDED,
            ErrorType.TOKEN_RATE_EXCEEDED,
            ErrorType.CONCURRENCY_EXCEEDED,
            ErrorType.BUDGET_EXCEEDED);

    private final RequestRecord record;
    private final RequestSummary summary;
    private final SpanTree tree;
    private final SpanTree.Draft root;
    private final SpanContext rootContext;

    /** Time before it has its span or its name already. */
    private long toldUntilNanos;

    private RequestSpans(RequestRecord record, RequestSummary summary, Decision.Kept decision, Resource resource) {
        this.record = record;
        this.summary = summary;
        this.tree = new SpanTree(resource, record.clock);
        this.rootContext = SpanContext.create(
                record.root.getTraceId(),
                record.root.getSpanId(),
                record.root.getTraceFlags(),
                stateOf(decision, record.root.getTraceState()));
        this.root = tree.rootDraft(
                SpanName.GATEWAY_REQUEST, rootContext, record.parent, summary.startNanos(), summary.endNanos());
        this.toldUntilNanos = summary.startNanos();
        root.attributes.put(SpanAttributes.KEPT_BECAUSE, decision.reason().label());
        decision.ratio().ifPresent(ratio -> root.attributes.put(SpanAttributes.ADJUSTED_COUNT, ratio.adjustedCount()));
    }

    /** Without a threshold where the chance is not known: a wrong count is worse than none. */
    private static TraceState stateOf(Decision.Kept decision, TraceState state) {
        return decision.ratio().map(ratio -> ratio.writtenTo(state)).orElseGet(() -> OtelTraceState.of(state)
                .with(OptionalLong.empty())
                .writtenTo(state));
    }

    /** All spans of the trace; {@code interruptions} are those that the request may have felt. */
    static List<SpanData> of(
            RequestRecord record,
            RequestSummary summary,
            Decision.Kept decision,
            List<Interruption> interruptions,
            Resource resource) {
        RequestSpans spans = new RequestSpans(record, summary, decision, resource);
        interruptions.forEach(interruption -> spans.root.events.add(
                spans.tree.event(interruption.event(), interruption.startEpochNanos(), interruption.attributes())));
        spans.describeRequest();
        spans.addParts();
        spans.root.add();
        spans.addHops();
        return spans.tree.spans();
    }

    private void describeRequest() {
        RequestHead head = record.head;
        root.attributes
                .put(SpanAttributes.HTTP_METHOD, KNOWN_METHODS.contains(head.method()) ? head.method() : OTHER_METHOD)
                .put(SpanAttributes.URL_SCHEME, head.scheme())
                .put(SpanAttributes.URL_PATH, head.path())
                .put(SpanAttributes.PROTOCOL_VERSION, head.protocolVersion())
                .put(SpanAttributes.REQUEST_ID, head.requestId())
                .put(SpanAttributes.OUTCOME, summary.outcome().label());
        summary.knownTenant().ifPresent(tenant -> root.attributes.put(SpanAttributes.TENANT, tenant));
        if (summary.route() != Route.UNMATCHED) {
            root.attributes.put(SpanAttributes.HTTP_ROUTE, summary.route().template());
        }
        if (summary.status() != RequestSummary.STATUS_CLIENT_GONE) {
            root.attributes.put(SpanAttributes.HTTP_STATUS, summary.status());
        }
        describePeers(head);
        describeEnd();
    }

    private void describePeers(RequestHead head) {
        if (!head.serverAddress().isEmpty()) {
            root.attributes
                    .put(SpanAttributes.SERVER_ADDRESS, head.serverAddress())
                    .put(SpanAttributes.SERVER_PORT, head.serverPort());
        }
        if (!head.clientAddress().isEmpty()) {
            root.attributes.put(SpanAttributes.CLIENT_ADDRESS, head.clientAddress());
        }
        head.userAgent().ifPresent(agent -> root.attributes.put(SpanAttributes.USER_AGENT, agent));
        if (!record.sessionId.isEmpty()) {
            root.attributes.put(SpanAttributes.SESSION_ID, record.sessionId);
        }
    }

    /** A caller's mistake is no error of the server's span, say the conventions for HTTP; its type is told all the same. */
    private void describeEnd() {
        Optional<String> error = summary.errorType().map(ErrorType::label);
        if (summary.outcome() == Outcome.CANCELLED) {
            root.attributes.put(SpanAttributes.ERROR_TYPE, Outcome.CANCELLED.label());
        } else if (error.isPresent() && summary.outcome() == Outcome.REFUSED && summary.status() < SERVER_ERRORS) {
            root.attributes.put(SpanAttributes.ERROR_TYPE, error.get());
        } else {
            error.ifPresent(root::failed);
        }
        record.firstTokenNanos()
                .ifPresent(nanos -> root.events.add(tree.event(new Moment(SpanEvent.FIRST_TOKEN, nanos, 0))));
    }

    /** Each part begins where the one before it ends, so that they cover the request. */
    private void addParts() {
        record.stages.all().forEach(this::addStage);
        if (record.queuedNanos().isPresent()) {
            addEngine();
        }
        addAnswer();
    }

    private void addStage(Stages.Stage stage) {
        long start = toldUntilNanos;
        passTo(handedOver(stage));
        SpanTree.Draft draft = tree.draft(stage.name(), Scopes.GATEWAY, rootContext, start, toldUntilNanos);
        if (stage.name() == SpanName.PROMPT_PREPARATION && record.preparationStarted) {
            draft.attributes.put(
                    SpanAttributes.PREPARATION_WAIT,
                    waitOf(record.preparationStartedNanos - start, toldUntilNanos - start));
        }
        endStage(draft, stage);
        if (stage.name() == SpanName.PROMPT_PREPARATION && record.constraint != null) {
            addCompilation(draft.context(), record.constraint);
        }
        draft.add();
    }

    private void addCompilation(SpanContext preparation, ConstraintCompiled constraint) {
        SpanTree.Draft compilation = tree.draft(
                SpanName.GRAMMAR_COMPILE, Scopes.GATEWAY, preparation, constraint.startNanos(), constraint.endNanos());
        compilation
                .attributes
                .put(SpanAttributes.CACHE_HIT, constraint.cacheHit())
                .put(SpanAttributes.CONSTRAINT_STATES, constraint.states());
        compilation.add();
    }

    /** The hand-over to the engine belongs to the last stage before it. */
    private long handedOver(Stages.Stage stage) {
        OptionalLong queued = record.queuedNanos();
        return isLast(stage) && queued.isPresent() ? queued.getAsLong() : stage.endNanos();
    }

    /** A client may have left before a thread had time. */
    private static long waitOf(long waitNanos, long stageNanos) {
        return Math.max(0, Math.min(waitNanos, stageNanos));
    }

    /** What the request ended in is why there was no answer. */
    private void endStage(SpanTree.Draft draft, Stages.Stage stage) {
        boolean limit = stage.name() == SpanName.RATE_LIMIT_CHECK
                && isLast(stage)
                && summary.errorType().filter(LIMIT_ERRORS::contains).isPresent();
        if (stage.broken() || limit) {
            summary.errorType().map(ErrorType::label).ifPresent(draft::failed);
            if (summary.outcome() == Outcome.CANCELLED) {
                draft.attributes.put(SpanAttributes.ERROR_TYPE, Outcome.CANCELLED.label());
            }
        }
    }

    private boolean isLast(Stages.Stage stage) {
        List<Stages.Stage> all = record.stages.all();
        return all.get(all.size() - 1).equals(stage);
    }

    /** How long the time up to {@code nanos} was. */
    private long passTo(long nanos) {
        long passed = Math.max(0, nanos - toldUntilNanos);
        toldUntilNanos += passed;
        return passed;
    }

    private void addEngine() {
        long start = toldUntilNanos;
        long end = record.choicesEndedNanos();
        long admitted = record.admittedNanos().orElse(end);
        boolean ran = record.admittedNanos().isPresent();
        SpanTree.Draft queue = tree.draft(SpanName.QUEUE_ENQUEUE, Scopes.GATEWAY, rootContext, start, admitted);
        if (!ran) {
            endOf(record.choices.get(0)).ifPresent(queue::failed);
        }
        queue.add();
        if (ran) {
            addInference(admitted, end);
        }
        passTo(end);
    }

    private void addInference(long admitted, long end) {
        SpanTree.Draft inference = tree.draft(SpanName.INFERENCE_PROCESS, Scopes.INFERENCE, rootContext, admitted, end);
        describeGeneration(inference);
        if (!record.detailed) {
            record.steps.forEach(step -> inference.linkTo(step.context()));
        }
        inference.add();
        for (ChoiceTrace choice : record.choices) {
            addChoice(choice, inference.context(), admitted);
        }
    }

    /** A choice that got its slot later than the first one waited on while that ran. */
    private void addChoice(ChoiceTrace choice, SpanContext inference, long firstAdmitted) {
        if (!choice.queued) {
            return;
        }
        long waitedUntil = choice.admitted ? choice.admittedNanos : choice.endedNanos;
        if (waitedUntil - firstAdmitted > 0) {
            SpanTree.Draft queue =
                    tree.draft(SpanName.QUEUE_ENQUEUE, Scopes.GATEWAY, inference, firstAdmitted, waitedUntil);
            queue.attributes.put(SpanAttributes.CHOICE, choice.choice);
            if (!choice.admitted) {
                endOf(choice).ifPresent(queue::failed);
            }
            queue.add();
        }
        if (choice.admitted) {
            new ChoiceSpans(tree, choice).addTo(inference);
        }
    }

    private static Optional<String> endOf(ChoiceTrace choice) {
        return Optional.ofNullable(choice.finishReason).flatMap(ChoiceSpans::errorOf);
    }

    private void describeGeneration(SpanTree.Draft inference) {
        GenerationRequest request = record.choices.get(0).request;
        inference
                .attributes
                .put(SpanAttributes.PROVIDER, Meters.PROVIDER)
                .put(SpanAttributes.MAX_TOKENS, request.maxTokens())
                .put(SpanAttributes.STREAM, summary.streamed())
                .put(SpanAttributes.INPUT_TOKENS, summary.tokens().input())
                .put(SpanAttributes.OUTPUT_TOKENS, summary.tokens().output())
                .put(SpanAttributes.CACHED_TOKENS, summary.tokens().cached())
                .put(SpanAttributes.FINISH_REASONS, finishReasons());
        summary.route().operation().ifPresent(name -> inference.attributes.put(SpanAttributes.OPERATION, name));
        summary.modelName().ifPresent(name -> inference
                .attributes
                .put(SpanAttributes.REQUEST_MODEL, name)
                .put(SpanAttributes.RESPONSE_MODEL, name));
        if (summary.choices() > 1) {
            inference.attributes.put(SpanAttributes.CHOICE_COUNT, summary.choices());
        }
        summary.timeToFirstTokenNanos()
                .ifPresent(nanos ->
                        inference.attributes.put(SpanAttributes.TIME_TO_FIRST_CHUNK, nanos / NANOS_PER_SECOND));
        summary.charge().ifPresent(charge -> describeCharge(inference, charge));
        describeSampling(inference, request.sampling());
        inferenceError().ifPresent(inference::failed);
    }

    private static void describeCharge(SpanTree.Draft inference, RequestCharge charge) {
        inference
                .attributes
                .put(SpanAttributes.ENGINE_TIME, charge.engineNanos())
                .put(SpanAttributes.KV_BYTE_SECONDS, charge.kvByteSeconds());
        charge.price().ifPresent(price -> inference.attributes.put(SpanAttributes.COST, price));
        charge.infrastructure().ifPresent(cost -> inference.attributes.put(SpanAttributes.INFRASTRUCTURE_COST, cost));
        charge.joules().ifPresent(joules -> inference.attributes.put(SpanAttributes.ENERGY, joules));
        if (charge.hasAmount()) {
            inference.attributes.put(SpanAttributes.CURRENCY, charge.currency());
        }
    }

    private static void describeSampling(SpanTree.Draft inference, SamplingParams sampling) {
        inference
                .attributes
                .put(SpanAttributes.TEMPERATURE, sampling.temperature())
                .put(SpanAttributes.TOP_P, sampling.topP())
                .put(SpanAttributes.TOP_K, sampling.topK())
                .put(SpanAttributes.PRESENCE_PENALTY, sampling.presencePenalty())
                .put(SpanAttributes.FREQUENCY_PENALTY, sampling.frequencyPenalty())
                .put(SpanAttributes.SEED, sampling.seed());
    }

    private List<String> finishReasons() {
        return record.choices.stream()
                .map(choice -> choice.finishReason)
                .filter(Objects::nonNull)
                .map(reason -> reason.name().toLowerCase(Locale.ROOT))
                .toList();
    }

    private Optional<String> inferenceError() {
        return summary.errorType().map(ErrorType::label).or(() -> record.choices.stream()
                .flatMap(choice -> endOf(choice).stream())
                .findFirst());
    }

    private void addAnswer() {
        long start = toldUntilNanos;
        boolean cancelled = summary.outcome() == Outcome.CANCELLED;
        if (cancelled && passTo(summary.endNanos()) == 0) {
            return;
        }
        SpanTree.Draft answer =
                tree.draft(SpanName.RESPONSE_FORMATTING, Scopes.GATEWAY, rootContext, start, summary.endNanos());
        answer.attributes.put(SpanAttributes.STREAM, summary.streamed());
        if (cancelled) {
            answer.attributes.put(SpanAttributes.ERROR_TYPE, Outcome.CANCELLED.label());
        }
        if (record.settled && record.settleStartNanos - start >= 0) {
            tree.draft(
                            SpanName.LEDGER_WRITE,
                            Scopes.GATEWAY,
                            answer.context(),
                            record.settleStartNanos,
                            record.settleEndNanos)
                    .add();
        }
        answer.add();
    }

    private void addHops() {
        List<ReadableSpan> hops;
        synchronized (record.hops) {
            hops = List.copyOf(record.hops);
        }
        hops.stream()
                .filter(ReadableSpan::hasEnded)
                .map(ReadableSpan::toSpanData)
                .forEach(tree::add);
    }
}
