package io.vitrine.model.engine;

/** Why a request ended; every request ends with exactly one. */
public enum FinishReason {
    /** The model ended its answer, or the sink saw a stop string. */
    STOP,
    /** The answer reached the request's token limit or the context's end. */
    LENGTH,
    /** The client went away or asked for the end. */
    CANCELLED,
    /** Never admitted: see {@link RefusalReason}. */
    REFUSED,
    /** The deadline passed, waiting or running. */
    TIMED_OUT,
    /** The model failed; other requests may be well. */
    FAILED,
    /** The model gave this request logits that no token can be drawn from, NaN or infinity; other requests are well. */
    UNUSABLE_LOGITS,
    /** The request's {@link TokenConstraint} exceeded a limit of work or memory. */
    CONSTRAINT_LIMIT
}
