package io.vitrine.server.http;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

import io.vitrine.observability.ErrorType;
import io.vitrine.server.api.ApiException;
import io.vitrine.server.api.ApiException.ContextSize;
import io.vitrine.server.api.ErrorBody;
import io.vitrine.server.api.ErrorReason;
import io.vitrine.server.api.UnicodeText;
import io.vitrine.tenants.limits.RetryAfter;

/** From a reason to what the client sees: the HTTP status, the error's class, whether and when to try again. */
final class ErrorMapper {

    private ErrorMapper() {}

    static int status(ErrorReason reason) {
        return switch (reason) {
            case INVALID_REQUEST, BODY_UNFINISHED, CONTEXT_LENGTH_EXCEEDED -> 400;
            case INVALID_API_KEY -> 401;
            case PERMISSION_DENIED -> 403;
            case NOT_FOUND, MODEL_NOT_FOUND -> 404;
            case METHOD_NOT_ALLOWED -> 405;
            case REQUEST_TIMEOUT -> 408;
            case CONFLICT -> 409;
            case BODY_TOO_LARGE -> 413;
            case URI_TOO_LONG -> 414;
            case UNSUPPORTED_MEDIA_TYPE, UNSUPPORTED_ENCODING -> 415;
            case REQUEST_RATE_EXCEEDED,
                    TOKEN_RATE_EXCEEDED,
                    CONCURRENCY_EXCEEDED,
                    REQUEST_EXCEEDS_RATE,
                    INSUFFICIENT_QUOTA,
                    QUEUE_FULL -> 429;
            case EXPECTATION_FAILED -> 417;
            case CONSTRAINT_LIMIT_EXCEEDED -> 422;
            case HEADERS_TOO_LARGE -> 431;
            case MODEL_FAILED, UNUSABLE_LOGITS, INTERNAL_ERROR -> 500;
            case NOT_IMPLEMENTED -> 501;
            case OVERLOADED, DRAINING, LOADING, ENGINE_STOPPED, ENGINE_STUCK, GPU_UNUSABLE -> 503;
            case DEADLINE_EXCEEDED -> 504;
            case HTTP_VERSION_NOT_SUPPORTED -> 505;
        };
    }

    /** How logs and meters call it. */
    static ErrorType errorType(ErrorReason reason) {
        return switch (reason) {
            case INVALID_REQUEST,
                    BODY_UNFINISHED,
                    CONFLICT,
                    EXPECTATION_FAILED,
                    NOT_IMPLEMENTED,
                    HTTP_VERSION_NOT_SUPPORTED -> ErrorType.INVALID_REQUEST;
            case CONTEXT_LENGTH_EXCEEDED -> ErrorType.CONTEXT_LENGTH_EXCEEDED;
            case INVALID_API_KEY -> ErrorType.AUTHENTICATION;
            case PERMISSION_DENIED -> ErrorType.PERMISSION;
            case NOT_FOUND -> ErrorType.NOT_FOUND;
            case MODEL_NOT_FOUND -> ErrorType.MODEL_NOT_FOUND;
            case METHOD_NOT_ALLOWED -> ErrorType.METHOD_NOT_ALLOWED;
            case REQUEST_TIMEOUT -> ErrorType.REQUEST_TIMEOUT;
            case BODY_TOO_LARGE, URI_TOO_LONG, HEADERS_TOO_LARGE -> ErrorType.REQUEST_TOO_LARGE;
            case UNSUPPORTED_MEDIA_TYPE, UNSUPPORTED_ENCODING -> ErrorType.UNSUPPORTED_MEDIA_TYPE;
            case REQUEST_RATE_EXCEEDED -> ErrorType.REQUEST_RATE_EXCEEDED;
            case TOKEN_RATE_EXCEEDED, REQUEST_EXCEEDS_RATE -> ErrorType.TOKEN_RATE_EXCEEDED;
            case CONCURRENCY_EXCEEDED -> ErrorType.CONCURRENCY_EXCEEDED;
            case INSUFFICIENT_QUOTA -> ErrorType.BUDGET_EXCEEDED;
            case QUEUE_FULL -> ErrorType.QUEUE_FULL;
            case OVERLOADED -> ErrorType.OVERLOADED;
            case DRAINING -> ErrorType.DRAINING;
            case LOADING, ENGINE_STOPPED, ENGINE_STUCK, GPU_UNUSABLE -> ErrorType.MODEL_UNAVAILABLE;
            case DEADLINE_EXCEEDED -> ErrorType.DEADLINE_EXCEEDED;
            case MODEL_FAILED -> ErrorType.MODEL_FAILED;
            case UNUSABLE_LOGITS -> ErrorType.UNUSABLE_LOGITS;
            case CONSTRAINT_LIMIT_EXCEEDED -> ErrorType.CONSTRAINT_LIMIT_EXCEEDED;
            case INTERNAL_ERROR -> ErrorType.INTERNAL;
        };
    }

    static ErrorBody body(ApiException error) {
        return new ErrorBody(new ErrorBody.Detail(
                UnicodeText.wellFormed(Objects.requireNonNullElse(error.getMessage(), "")),
                type(error.reason()),
                error.param().map(UnicodeText::wellFormed).orElse(null),
                error.code(),
                error.contextSize().map(ContextSize::promptTokens).orElse(null),
                error.contextSize().map(ContextSize::contextTokens).orElse(null)));
    }

    /** OpenAI's classes of errors. */
    private static String type(ErrorReason reason) {
        if (reason == ErrorReason.INSUFFICIENT_QUOTA) {
            return "insufficient_quota";
        }
        int status = status(reason);
        return switch (status) {
            case 401 -> "authentication_error";
            case 403 -> "permission_error";
            case 429 -> "rate_limit_error";
            // Not the server's mistake, whatever the class of the status says.
            case 501, 505 -> "invalid_request_error";
            default -> status < 500 ? "invalid_request_error" : "server_error";
        };
    }

    /** After what time another try may do better; empty where waiting changes nothing that we know of. */
    static Optional<RetryAfter> retryAfter(ApiException error) {
        return error.retryAfter().or(() -> usualDelay(error.reason())).map(RetryAfter::new);
    }

    private static Optional<Duration> usualDelay(ErrorReason reason) {
        return switch (reason) {
            case QUEUE_FULL, OVERLOADED -> seconds(1);
            case LOADING -> seconds(2);
            case DRAINING, ENGINE_STOPPED, ENGINE_STUCK, GPU_UNUSABLE -> seconds(5);
            case INVALID_REQUEST,
                    BODY_UNFINISHED,
                    CONTEXT_LENGTH_EXCEEDED,
                    INVALID_API_KEY,
                    PERMISSION_DENIED,
                    NOT_FOUND,
                    MODEL_NOT_FOUND,
                    METHOD_NOT_ALLOWED,
                    CONFLICT,
                    REQUEST_TIMEOUT,
                    BODY_TOO_LARGE,
                    URI_TOO_LONG,
                    HEADERS_TOO_LARGE,
                    EXPECTATION_FAILED,
                    UNSUPPORTED_MEDIA_TYPE,
                    UNSUPPORTED_ENCODING,
                    NOT_IMPLEMENTED,
                    HTTP_VERSION_NOT_SUPPORTED,
                    REQUEST_RATE_EXCEEDED,
                    TOKEN_RATE_EXCEEDED,
                    CONCURRENCY_EXCEEDED,
                    REQUEST_EXCEEDS_RATE,
                    INSUFFICIENT_QUOTA,
                    DEADLINE_EXCEEDED,
                    MODEL_FAILED,
                    UNUSABLE_LOGITS,
                    CONSTRAINT_LIMIT_EXCEEDED,
                    INTERNAL_ERROR -> Optional.empty();
        };
    }

    private static Optional<Duration> seconds(int seconds) {
        return Optional.of(Duration.ofSeconds(seconds));
    }

    /**
     * Clients try again on every 429 and 5xx unless told not to. A request that ran for as long as one may would do so again,
     * with the whole cost; one that is too large for its tenant's rate will always be; and a budget is renewed after longer
     * than a client should sit and wait.
     */
    static boolean forbidsRetry(ErrorReason reason) {
        return reason == ErrorReason.DEADLINE_EXCEEDED
                || reason == ErrorReason.NOT_IMPLEMENTED
                || reason == ErrorReason.HTTP_VERSION_NOT_SUPPORTED
                || reason == ErrorReason.REQUEST_EXCEEDS_RATE
                || reason == ErrorReason.INSUFFICIENT_QUOTA;
    }
}
