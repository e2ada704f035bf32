package io.vitrine.observability;

import java.util.Optional;

import io.vitrine.model.engine.GenerationListener;
import io.vitrine.model.engine.GenerationRequest;

/**
 * The trace of one request while it runs: learns when what happens, and says at the end what is known under which ids. On the
 * request's event loop, except for the listeners it gives. Nothing here throws.
 */
public interface RequestTrace {

    /** Of a request that nobody follows. */
    RequestTrace NONE = new RequestTrace() {

        @Override
        public GenerationListener watch(
                String modelName, int choice, GenerationRequest request, GenerationListener next) {
            return next;
        }

        @Override
        public RequestSummary ended(RequestSummary summary) {
            return summary;
        }
    };

    /** What the trace is known by, from the head on; empty if there is none. */
    default Optional<TraceIds> ids() {
        return Optional.empty();
    }

    /** It is known whose request it is, which may change how closely it is looked at; before any choice is watched. */
    default void authenticated(String tenantId, TenantTraces policy, long atNanos) {}

    /** Nobody answers for the request: it has no wishes of its own. */
    default void authenticationFailed(long atNanos) {}

    /** It was seen whether the tenant's limits have room for it; more than once if there are several, each at its time. */
    default void limitsChecked(long startNanos, long endNanos) {}

    /** The body is read from now on. */
    default void bodyAwaited(long atNanos) {}

    /** The whole body is there. */
    default void bodyRead(long atNanos) {}

    /** From now on the prompt is checked, rendered and tokenised, or waits for a thread that does it. */
    default void preparationAwaited(long atNanos) {}

    /** A thread has time for that; on that thread. */
    default void preparationStarted(long atNanos) {}

    /** Of the preparation, the constraint on the answer was compiled; before {@link #prepared}. */
    default void constraintCompiled(ConstraintCompiled constraint) {}

    /** The prompt is ready for the engine. */
    default void prepared(long atNanos) {}

    /** The ledger has the request's entry. */
    default void settled(long startNanos, long endNanos) {}

    /** From now on an error is answered; the first time counts. */
    default void failing(long atNanos) {}

    /** Watches one choice on the way to another listener; in the order of the choices, before each is submitted. */
    GenerationListener watch(String modelName, int choice, GenerationRequest request, GenerationListener next);

    /**
     * The request is over, and so is every choice. Decides whether the trace is kept.
     *
     * @return the summary with the trace's ids, for everyone else to be told
     */
    RequestSummary ended(RequestSummary summary);
}
