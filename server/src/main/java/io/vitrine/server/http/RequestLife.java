package io.vitrine.server.http;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.Function;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import io.vitrine.model.engine.GenerationListener;
import io.vitrine.model.engine.NanoClock;
import io.vitrine.observability.ConstraintCompiled;
import io.vitrine.observability.ErrorType;
import io.vitrine.observability.FeedbackGiven;
import io.vitrine.observability.InferenceEnd;
import io.vitrine.observability.InferenceStart;
import io.vitrine.observability.LongestTimes;
import io.vitrine.observability.Outcome;
import io.vitrine.observability.RequestIdentity;
import io.vitrine.observability.RequestListener;
import io.vitrine.observability.RequestSummary;
import io.vitrine.observability.RequestSummary.Tokens;
import io.vitrine.observability.RequestTimes;
import io.vitrine.observability.RequestTrace;
import io.vitrine.observability.RequestTracing;
import io.vitrine.observability.Route;
import io.vitrine.observability.TenantTraces;
import io.vitrine.observability.ToolCalls;
import io.vitrine.server.api.ApiException;
import io.vitrine.server.api.ErrorReason;
import io.vitrine.server.inference.Generation;
import io.vitrine.server.inference.GenerationPlan;
import io.vitrine.server.inference.ServedModel;
import io.vitrine.server.tenancy.Admittance;
import io.vitrine.server.tenancy.Caller;
import io.vitrine.server.tenancy.ServedQuality;
import io.vitrine.server.tenancy.Tenancy;
import io.vitrine.tenants.Money;
import io.vitrine.tenants.limits.Permit;
import io.vitrine.tenants.quality.ServedRequest;
import org.jspecify.annotations.Nullable;

/**
 * One request from its head to its end: tells the {@link RequestListener} each step, and gathers what became of it for the
 * last one, when the answer is out (or nobody waits for it) and the engine is done with it. The only place that does. On the
 * request's event loop.
 */
final class RequestLife {

    private static final String KEY = RequestLife.class.getName();
    private static final int SERVER_ERROR = 500;

    private final String id;
    private final HttpServerResponse response;
    private final RequestListener listener;
    private final NanoClock clock;
    private final RequestTrace trace;
    private final long startNanos;

    private Route route = Route.UNMATCHED;
    private String tenantId;
    private final ServedQuality quality;
    private final RequestBill bill;
    private @Nullable Caller caller;
    private Optional<String> modelName = Optional.empty();
    private volatile boolean streamed;
    private FairPool.@Nullable Job<?> planning;
    private @Nullable ErrorReason error;
    private @Nullable Generation generation;
    private @Nullable InferenceStart inference;
    private boolean received;
    private boolean answered;
    private boolean clientGone;
    private boolean told;

    /**
     * The head has arrived.
     *
     * @param tenantId whose it is as long as nobody has been asked
     */
    RequestLife(
            String id,
            HttpServerRequest request,
            String tenantId,
            Tenancy tenancy,
            RequestTracing tracing,
            RequestListener listener,
            NanoClock clock) {
        this.id = id;
        this.tenantId = tenantId;
        this.quality = tenancy.quality();
        this.bill = new RequestBill(tenancy.books());
        this.response = request.response();
        this.listener = listener.pinned();
        this.clock = clock;
        this.startNanos = clock.nanoTime();
        this.listener.offered(id);
        this.trace = tracing.begin(RequestHeads.of(id, request, startNanos));
        response.putHeader(RequestIds.HEADER, id);
    }

    /** The life of the request that {@code context} handles; null before it was attached. */
    static RequestLife of(RoutingContext context) {
        return context.get(KEY);
    }

    void attachTo(RoutingContext context) {
        context.put(KEY, this);
    }

    String id() {
        return id;
    }

    /** Follows the request. */
    RequestTrace trace() {
        return trace;
    }

    /** Its body is read from now on. */
    void bodyAwaited() {
        trace.bodyAwaited(clock.nanoTime());
    }

    void bodyRead() {
        trace.bodyRead(clock.nanoTime());
    }

    /** It is planned, or waits for a thread that plans it. */
    void planningAwaited() {
        trace.preparationAwaited(clock.nanoTime());
    }

    /** A thread plans it; on that thread. */
    void planningStarted() {
        trace.preparationStarted(clock.nanoTime());
    }

    void planned(GenerationPlan plan) {
        plan.constraint().ifPresent(compiled -> {
            var constraint = new ConstraintCompiled(
                    plan.model().name(),
                    compiled.startNanos(),
                    compiled.endNanos(),
                    compiled.cacheHit(),
                    compiled.states());
            trace.constraintCompiled(constraint);
            listener.constraintCompiled(identity(), constraint);
        });
        trace.prepared(clock.nanoTime());
    }

    /** The ledger has its entry, which it was asked for at {@code startNanos}. */
    void settled(long startNanos) {
        trace.settled(startNanos, clock.nanoTime());
    }

    long now() {
        return clock.nanoTime();
    }

    void routed(Route matched) {
        route = matched;
    }

    /** It is known who asks. */
    void authenticated(Caller who) {
        caller = who;
        tenantId = who.tenant().id();
        trace.authenticated(tenantId, TenantTraces.valueOf(who.tenant().traces().name()), clock.nanoTime());
        tellReceived();
        if (who.keyPrefix().isPresent()) {
            listener.authSucceeded(identity());
        }
    }

    /** It is known that nobody asks who may. */
    void authenticationFailed() {
        tenantId = RequestSummary.UNKNOWN_TENANT;
        trace.authenticationFailed(clock.nanoTime());
    }

    /** It holds a place among its tenant's requests from now on, until its end. */
    void entered(Permit held) {
        bill.entered(held);
    }

    /** It holds its worst case from now on, until the end of what it runs. */
    Admittance reserve(Function<Permit, Admittance> admission) {
        return bill.reserve(admission);
    }

    /** It is prepared by a worker; if its client leaves first, the work is abandoned. */
    void planningStarts(FairPool.Job<?> job) {
        planning = job;
    }

    /** Once the path is known, or known to be unknown, and who asks for it. */
    private void tellReceived() {
        if (!received) {
            received = true;
            listener.received(identity());
        }
    }

    private RequestIdentity identity() {
        return new RequestIdentity(id, route, tenantId, trace.ids());
    }

    void modelChosen(String name) {
        modelName = Optional.of(name);
    }

    /** The answer is to go out event by event. Any thread. */
    void streamAsked() {
        streamed = true;
    }

    /** The first error counts: what follows is its consequence. */
    void failed(ApiException cause) {
        tellReceived();
        if (error == null) {
            error = cause.reason();
            tellRefusal(ErrorMapper.errorType(error));
            cause.refusedKeyword().ifPresent(keyword -> listener.constraintRefused(identity(), keyword));
            trace.failing(clock.nanoTime());
        }
        // Before the answer, so that a client that asks again on having it finds room.
        releaseUnlessRun();
    }

    private void releaseUnlessRun() {
        if (generation == null || generation.choiceCount() == 0) {
            bill.release(error == null || !isShortageOfOurs(error));
        }
    }

    /** Whether the server had no room, or failed: such a request counts for no rate. */
    private static boolean isShortageOfOurs(ErrorReason reason) {
        return ErrorMapper.status(reason) >= SERVER_ERROR
                || reason == ErrorReason.QUEUE_FULL
                || reason == ErrorReason.CONCURRENCY_EXCEEDED;
    }

    private void tellRefusal(ErrorType type) {
        switch (type) {
            case AUTHENTICATION, PERMISSION -> listener.authFailed(identity(), type);
            case REQUEST_RATE_EXCEEDED, TOKEN_RATE_EXCEEDED, CONCURRENCY_EXCEEDED, BUDGET_EXCEEDED ->
                listener.limitExceeded(identity(), type);
            case QUEUE_FULL -> modelName.ifPresent(name -> listener.queueFull(identity(), name));
            default -> {
                // Told at the end.
            }
        }
    }

    /** It said what somebody thinks of an answer. */
    void feedbackGiven(FeedbackGiven feedback) {
        listener.feedbackGiven(identity(), feedback);
    }

    /** The listeners of its sequences, which are watched as the request is. */
    GenerationListener.Factory generationListeners(GenerationPlan plan) {
        return listener.generations(plan.model().listeners(plan.route()));
    }

    void generationStarts(Generation started) {
        generation = started;
    }

    /** The first choice has a slot. */
    void inferenceStarted() {
        if (generation == null) {
            return;
        }
        RequestTimes times = generation.times();
        ServedModel model = generation.plan().model();
        inference = new InferenceStart(
                identity(),
                model.name(),
                model.gpuId(),
                times.queueNanos().orElseThrow(),
                times.batchSize().orElseThrow());
        listener.inferenceStarted(inference);
    }

    /** The engine has told the end of every choice. */
    void generationEnded() {
        settle();
        tellToolCalls();
        tellInferenceCompleted();
        tellIfOver();
    }

    private void tellToolCalls() {
        if (generation != null && !generation.toolCalls().equals(ToolCalls.NONE)) {
            listener.toolsCalled(identity(), generation.plan().model().name(), generation.toolCalls());
        }
    }

    private void tellInferenceCompleted() {
        if (inference != null && generation != null) {
            listener.inferenceCompleted(inferenceEnd(inference, generation));
            inference = null;
        }
    }

    private InferenceEnd inferenceEnd(InferenceStart start, Generation ended) {
        return new InferenceEnd(
                start,
                ended.times().runNanos(clock.nanoTime()).orElseThrow(),
                ended.times().timeToFirstTokenNanos(startNanos),
                tokens(),
                ended.choiceCount(),
                ended.firstFinishReason());
    }

    /** The answer was handed over, or the connection is gone. */
    void responseEnded() {
        answered = true;
        clientGone = !response.ended();
        if (clientGone && generation != null) {
            generation.cancel();
        }
        if (planning != null) {
            planning.abandon();
        }
        tellIfOver();
    }

    /**
     * Charges what it used, gives back the rest of what it held and has the books note it; before its answer is complete, so
     * that who asks again on having it finds room. Only once: what comes later finds nothing to settle.
     *
     * @return completes on this event loop once the answer may be completed; does not fail
     */
    Future<Void> settle() {
        releaseUnlessRun();
        if (generation != null && generation.choiceCount() > 0 && generation.over() && bill.open()) {
            bill.settle(service(generation));
        }
        return Future.fromCompletionStage(bill.entered(), Vertx.currentContext());
    }

    private RequestBill.Service service(Generation ended) {
        return new RequestBill.Service(
                id,
                Objects.requireNonNull(caller, "who is let in is known"),
                ended.plan().model().name(),
                route,
                outcome(),
                tokens(),
                ended.times(),
                trace.ids());
    }

    /** What its tenant is charged; empty if that has no price, or before it is settled. */
    Optional<Money> price() {
        return bill.charge()
                .filter(charge -> charge.priceBillionths().isPresent())
                .map(charge -> new Money(charge.priceBillionths().getAsLong(), charge.currency()));
    }

    /** What a tenant was promised is kept or broken; its own mistakes, and what it breaks off, are neither. */
    private void tellQuality(RequestSummary summary) {
        boolean available = summary.outcome() == Outcome.COMPLETED;
        boolean ours = available || summary.status() >= SERVER_ERROR || error == ErrorReason.QUEUE_FULL;
        if (caller == null
                || summary.route().operation().isEmpty()
                || summary.outcome() == Outcome.CANCELLED
                || !ours) {
            return;
        }
        OptionalLong ttft = summary.timeToFirstTokenNanos();
        quality.served(
                caller.tenant(),
                new ServedRequest(
                        available,
                        ttft.isPresent() ? Duration.ofNanos(ttft.getAsLong()) : null,
                        available ? Duration.ofNanos(summary.durationNanos()) : null));
    }

    private void tellIfOver() {
        if (answered && !told && (generation == null || generation.over())) {
            told = true;
            tellReceived();
            settle();
            // The end of the answer may be known before the end of what it was made by is told.
            tellInferenceCompleted();
            // The trace before the others: who hears of the end may then name it.
            RequestSummary summary = summary();
            tellQuality(summary);
            listener.ended(trace.ended(summary));
        }
    }

    private RequestSummary summary() {
        Outcome outcome = outcome();
        return new RequestSummary(
                        id,
                        route,
                        modelName,
                        tenantId,
                        outcome,
                        response.headWritten() ? response.getStatusCode() : RequestSummary.STATUS_CLIENT_GONE,
                        streamed,
                        startNanos,
                        clock.nanoTime(),
                        generation == null
                                ? OptionalLong.empty()
                                : generation.times().queueNanos(),
                        generation == null
                                ? OptionalLong.empty()
                                : generation.times().timeToFirstTokenNanos(startNanos),
                        tokens(),
                        generation == null ? 0 : generation.choiceCount(),
                        generation == null ? Optional.empty() : generation.firstFinishReason(),
                        errorType(outcome),
                        generation == null
                                ? OptionalInt.empty()
                                : generation.times().batchSize(),
                        generation == null
                                ? Optional.empty()
                                : generation.plan().model().gpuId(),
                        bill.charge())
                .withLongest(
                        generation == null
                                ? LongestTimes.NONE
                                : generation.times().longest());
    }

    private Outcome outcome() {
        if (error == null) {
            return clientGone ? Outcome.CANCELLED : Outcome.COMPLETED;
        }
        if (error == ErrorReason.BODY_UNFINISHED) {
            return Outcome.CANCELLED;
        }
        boolean begun = generation != null && generation.choiceCount() > 0;
        return switch (ErrorMapper.errorType(error)) {
            case DEADLINE_EXCEEDED -> Outcome.TIMED_OUT;
            case MODEL_FAILED, UNUSABLE_LOGITS, INTERNAL -> Outcome.FAILED;
            case DRAINING -> begun ? Outcome.FAILED : Outcome.REFUSED;
            case INVALID_REQUEST,
                    CONTEXT_LENGTH_EXCEEDED,
                    AUTHENTICATION,
                    PERMISSION,
                    NOT_FOUND,
                    MODEL_NOT_FOUND,
                    METHOD_NOT_ALLOWED,
                    REQUEST_TIMEOUT,
                    REQUEST_TOO_LARGE,
                    UNSUPPORTED_MEDIA_TYPE,
                    REQUEST_RATE_EXCEEDED,
                    TOKEN_RATE_EXCEEDED,
                    CONCURRENCY_EXCEEDED,
                    BUDGET_EXCEEDED,
                    QUEUE_FULL,
                    OVERLOADED,
                    CONSTRAINT_LIMIT_EXCEEDED,
                    MODEL_UNAVAILABLE -> Outcome.REFUSED;
        };
    }

    private Optional<ErrorType> errorType(Outcome outcome) {
        return error == null || outcome == Outcome.CANCELLED
                ? Optional.empty()
                : Optional.of(ErrorMapper.errorType(error));
    }

    /** What was computed, whatever became of the answer. */
    private Tokens tokens() {
        return generation == null ? Tokens.NONE : generation.computedTokens();
    }
}
