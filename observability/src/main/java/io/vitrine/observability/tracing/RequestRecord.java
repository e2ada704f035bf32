package io.vitrine.observability.tracing;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.LongStream;

import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.sdk.trace.ReadableSpan;
import io.vitrine.observability.ConstraintCompiled;
import io.vitrine.observability.RequestHead;
import io.vitrine.observability.TenantTraces;
import org.jspecify.annotations.Nullable;

/**
 * All that was noted of one request, in plain fields. Written on its event loop and, by its choices, on the engine thread; read
 * when the request is over, which the hand-over of the last token makes safe.
 */
final class RequestRecord {

    /** Most steps and most spans of others that a trace links to or takes along. */
    static final int MAX_LINKS = 128;

    final RequestHead head;
    final SpanContext root;
    final SpanContext parent;
    final WallClock clock;
    /** Of the caller, from its baggage; empty if it sent none. */
    final String sessionId;

    /** By ratio, whoever asks. */
    final boolean chosenForDetail;

    boolean detailed;
    /** A client that may asks for its trace. */
    boolean flagged;
    /** Its tenant's traces are all kept. */
    boolean prescribed;

    TenantTraces tenantTraces = TenantTraces.SAMPLED;
    final List<ChoiceTrace> choices = new ArrayList<>();
    /** Steps with a span of their own that computed something for the request. Engine thread. */
    final Set<StepTrace> steps = new LinkedHashSet<>();
    /** Spans that Vert.x made below the root: event bus, clients. */
    final List<ReadableSpan> hops = new ArrayList<>();

    final Stages stages = new Stages();
    /** Until a thread had time for the preparation of the prompt. Set on that thread. */
    volatile long preparationStartedNanos;

    volatile boolean preparationStarted;

    @Nullable
    ConstraintCompiled constraint;

    boolean failing;
    boolean settled;
    long settleStartNanos;
    long settleEndNanos;

    RequestRecord(
            RequestHead head,
            SpanContext root,
            SpanContext parent,
            WallClock clock,
            String sessionId,
            boolean chosenForDetail) {
        this.head = head;
        this.root = root;
        this.parent = parent;
        this.clock = clock;
        this.sessionId = sessionId;
        this.chosenForDetail = chosenForDetail;
    }

    /** Looks as closely as the rules and its policy have it for this tenant. */
    void attribute(String tenantId, TenantTraces policy, TracingRules rules) {
        boolean asked = head.traceWish().isPresent() && rules.mayAsk(tenantId);
        boolean wantsSteps = asked && head.traceWish().get().equalsIgnoreCase(RequestHead.DETAILED);
        boolean wantsTrace = asked && head.traceWish().get().equalsIgnoreCase(RequestHead.KEEP);
        boolean tenantsSteps =
                policy == TenantTraces.DETAILED || rules.detailedTenants().contains(tenantId);
        tenantTraces = policy;
        detailed = wantsSteps || tenantsSteps || chosenForDetail;
        flagged = wantsSteps || wantsTrace;
        prescribed = tenantsSteps
                || policy == TenantTraces.ALWAYS
                || rules.priorityTenants().contains(tenantId);
    }

    void join(StepTrace step) {
        if (steps.size() < MAX_LINKS) {
            steps.add(step);
        }
    }

    /** Any thread. */
    void hop(ReadableSpan span) {
        synchronized (hops) {
            if (hops.size() < MAX_LINKS) {
                hops.add(span);
            }
        }
    }

    OptionalLong queuedNanos() {
        return choices.stream()
                .filter(choice -> choice.queued)
                .mapToLong(choice -> choice.queuedNanos)
                .findFirst();
    }

    OptionalLong admittedNanos() {
        return earliest(choices.stream().filter(choice -> choice.admitted).mapToLong(choice -> choice.admittedNanos));
    }

    OptionalLong firstTokenNanos() {
        return earliest(choices.stream().filter(choice -> choice.started).mapToLong(choice -> choice.firstTokenNanos));
    }

    /** When the last choice ended that was taken in. */
    long choicesEndedNanos() {
        return choices.stream()
                .filter(choice -> choice.queued)
                .mapToLong(choice -> choice.endedNanos)
                .reduce((left, right) -> left - right >= 0 ? left : right)
                .orElse(head.startNanos());
    }

    /** By difference, since the clock's numbers may wrap. */
    private static OptionalLong earliest(LongStream times) {
        return times.reduce((left, right) -> left - right <= 0 ? left : right);
    }

    /** About how many spans its trace has. */
    int spanEstimate() {
        int spans = 8 + steps.size();
        for (ChoiceTrace choice : choices) {
            spans += 2 + 4 * choice.prefills.size() + 5 * Math.max(1, choice.decodeSteps.size());
            spans += 4 * choice.recomputes.size();
        }
        return spans;
    }
}
