package io.vitrine.server.api;

import java.util.Locale;

/** Why a request gets an error instead of an answer; {@code ErrorMapper} gives each its HTTP status. */
public enum ErrorReason {
    /** Malformed, or a value breaks a rule. */
    INVALID_REQUEST,
    /** The client has closed its side in the middle of the body: it has left, or will read no more than an error. */
    BODY_UNFINISHED,
    /** Prompt, or prompt and answer, are longer than the context. */
    CONTEXT_LENGTH_EXCEEDED,
    /** No API key, or one that is not good. */
    INVALID_API_KEY,
    /** Known, and may not do this. */
    PERMISSION_DENIED,
    /** No such path. */
    NOT_FOUND,
    /** No such model. */
    MODEL_NOT_FOUND,
    /** The path is known, but not with this method. */
    METHOD_NOT_ALLOWED,
    /** What is asked for is not allowed in the present state, or that has changed meanwhile. */
    CONFLICT,
    /** The body came too slowly. */
    REQUEST_TIMEOUT,
    /** The body is too large. */
    BODY_TOO_LARGE,
    /** The request line is too long. */
    URI_TOO_LONG,
    /** The headers are too large. */
    HEADERS_TOO_LARGE,
    /** The request has an expectation that cannot be met. */
    EXPECTATION_FAILED,
    /** The body is compressed in a way that is not supported. */
    UNSUPPORTED_ENCODING,
    /** The request's transfer coding is not implemented. */
    NOT_IMPLEMENTED,
    /** The request's version of HTTP is not supported. */
    HTTP_VERSION_NOT_SUPPORTED,
    /** The body is not said to be JSON. */
    UNSUPPORTED_MEDIA_TYPE,
    /** The tenant has made as many requests as it may in this time. */
    REQUEST_RATE_EXCEEDED,
    /** The tenant has used as many tokens as it may in this time. */
    TOKEN_RATE_EXCEEDED,
    /** As many of the tenant's requests run and wait as may. */
    CONCURRENCY_EXCEEDED,
    /** It alone may need more tokens than the tenant has in any time. */
    REQUEST_EXCEEDS_RATE,
    /** The tenant's budget has no room for it. */
    INSUFFICIENT_QUOTA,
    /** As many requests wait as may. */
    QUEUE_FULL,
    /** The memory for bodies or answers is in use. */
    OVERLOADED,
    /** The server is stopping. */
    DRAINING,
    /** The model is not loaded yet. */
    LOADING,
    /** The engine has stopped after a failure. */
    ENGINE_STOPPED,
    /** A step of the engine makes no progress. */
    ENGINE_STUCK,
    /** The GPU that the model runs on is failed or unknown. */
    GPU_UNUSABLE,
    /** The request's time is over. */
    DEADLINE_EXCEEDED,
    /** The model failed. */
    MODEL_FAILED,
    /** The model's logits for the request were NaN or infinity. */
    UNUSABLE_LOGITS,
    /** The constraint on the answer exceeded a limit of work or memory while the answer was written. */
    CONSTRAINT_LIMIT_EXCEEDED,
    /** A mistake of the server. */
    INTERNAL_ERROR;

    private final String code = name().toLowerCase(Locale.ROOT);

    /** For programs, unless an error has a finer one. */
    public String code() {
        return code;
    }
}
