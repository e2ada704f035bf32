package io.vitrine.observability;

/** Why a request did not get its answer, as a closed set for labels and logs; the client's message is another matter. */
public enum ErrorType {
    /** 400: malformed or out of bounds. */
    INVALID_REQUEST("invalid_request_error"),
    /** 400: prompt, or prompt and answer, longer than the context. */
    CONTEXT_LENGTH_EXCEEDED("context_length_exceeded"),
    /** 401. */
    AUTHENTICATION("authentication_error"),
    /** 403. */
    PERMISSION("permission_error"),
    /** 404: no such path or resource. */
    NOT_FOUND("not_found"),
    /** 404: no such model. */
    MODEL_NOT_FOUND("model_not_found"),
    /** 405. */
    METHOD_NOT_ALLOWED("method_not_allowed"),
    /** 408: head or body came too slowly. */
    REQUEST_TIMEOUT("request_timeout"),
    /** 413, 414, 431: body, path or head too large. */
    REQUEST_TOO_LARGE("request_too_large"),
    /** 415. */
    UNSUPPORTED_MEDIA_TYPE("unsupported_media_type"),
    /** 429: the tenant's requests a minute. */
    REQUEST_RATE_EXCEEDED("request_rate_exceeded"),
    /** 429: the tenant's tokens a minute. */
    TOKEN_RATE_EXCEEDED("token_rate_exceeded"),
    /** 429: the tenant's requests at once. */
    CONCURRENCY_EXCEEDED("concurrency_exceeded"),
    /** 429: the tenant's budget of a day or month. */
    BUDGET_EXCEEDED("budget_exceeded"),
    /** 429: as many requests wait as may. */
    QUEUE_FULL("queue_full"),
    /** 503: the memory for bodies or answers is in use. */
    OVERLOADED("overloaded"),
    /** 503: the server is stopping. */
    DRAINING("draining"),
    /** 503: no model can answer: still loading, or its engine has stopped. */
    MODEL_UNAVAILABLE("model_unavailable"),
    /** 504, or the end of a stream: the deadline passed, waiting or running. */
    DEADLINE_EXCEEDED("deadline_exceeded"),
    /** 500, or the end of a stream: the model failed. */
    MODEL_FAILED("model_failed"),
    /** 500, or the end of a stream: the model's logits for the request were NaN or infinity. */
    UNUSABLE_LOGITS("unusable_logits"),
    /** 422, or the end of a stream: the constraint on the answer exceeded a limit of work or memory. */
    CONSTRAINT_LIMIT_EXCEEDED("constraint_limit_exceeded"),
    /** 500: a mistake of the server. */
    INTERNAL("internal_error");

    private final String label;

    ErrorType(String label) {
        this.label = label;
    }

    /** As logs and meters write it. */
    public String label() {
        return label;
    }
}
