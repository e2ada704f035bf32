package io.vitrine.observability;

import io.vitrine.model.engine.GenerationListener;

/**
 * Watches the HTTP life of requests. The server calls from one place, for every request on the API port:
 *
 * <pre>
 * offered ── received ── authSucceeded ──┬── inferenceStarted ── inferenceCompleted ──┬── ended
 *                │                       ├── limitExceeded or queueFull ──────────────┤
 *                │                       └── refused before, or left while waiting ───┤
 *                └── authFailed, or nobody was asked who it is ───────────────────────┘
 * </pre>
 *
 * {@code offered} and {@code received} come first and {@code ended} last, each exactly once whatever the end; an
 * inference that started is completed, well or not.
 *
 * <p>Called on the request's event loop, so from several threads at once for different requests. A listener is quick, does
 * no I/O and never throws.
 */
@FunctionalInterface
public interface RequestListener {

    /** Watches nothing. */
    RequestListener NONE = summary -> {};

    /**
     * The listener of one request that begins now, from its first event to its last: what is switched meanwhile is
     * switched for later requests.
     */
    default RequestListener pinned() {
        return this;
    }

    /** The listeners of this request's sequences; of a {@link #pinned} listener. */
    default GenerationListener.Factory generations(GenerationListener.Factory metered) {
        return metered;
    }

    /** The head has arrived; the id may have been chosen by the client, and others may have the same. */
    default void offered(String requestId) {}

    /** Its path is known or known to be unknown, and so is who asks. */
    default void received(RequestIdentity request) {}

    /** It brought a key, and that is good. */
    default void authSucceeded(RequestIdentity request) {}

    /** It brought no key or none that is good, or may not do what it asks. */
    default void authFailed(RequestIdentity request, ErrorType reason) {}

    /** It was refused because its tenant's limits or budgets have no room for it. */
    default void limitExceeded(RequestIdentity request, ErrorType reason) {}

    /** It was refused because as many wait as may. */
    default void queueFull(RequestIdentity request, String modelName) {}

    /** The constraint on its answer is ready. */
    default void constraintCompiled(RequestIdentity request, ConstraintCompiled constraint) {}

    /** It was refused because of this keyword of its constraint, which a client may have made up. */
    default void constraintRefused(RequestIdentity request, String keyword) {}

    /** Its answers called tools, and have ended. */
    default void toolsCalled(RequestIdentity request, String modelName, ToolCalls calls) {}

    /** It said what somebody thinks of an answer, and that is written down. */
    default void feedbackGiven(RequestIdentity request, FeedbackGiven feedback) {}

    /** The first of its sequences has a slot. */
    default void inferenceStarted(InferenceStart inference) {}

    /** The last of its sequences has ended. */
    default void inferenceCompleted(InferenceEnd inference) {}

    /** The last byte was handed to the socket, or nobody waits for it any more. */
    void ended(RequestSummary summary);
}
