package io.vitrine.server.http;

import java.util.OptionalInt;

import io.vitrine.observability.ErrorType;
import io.vitrine.server.api.ApiException;
import io.vitrine.server.api.ErrorBody;
import io.vitrine.server.api.ErrorReason;

/** From a reason to what the client sees: the HTTP status, the error's class, whether and when to try again. */
final class ErrorMapper {

    private ErrorMapper() {}

    static int status(ErrorReason reason) {
        return switch (reason) {
            case INVALID_REQUEST, CONTEXT_LENGTH_EXCEEDED -> 400;
            case NOT_FOUND, MODEL_NOT_FOUND -> 404;
            case METHOD_NOT_ALLOWED -> 405;
            case REQUEST_TIMEOUT -> 408;
            case BODY_TOO_LARGE -> 413;
            case URI_TOO_LONG -> 414;
            case UNSUPPORTED_MEDIA_TYPE -> 415;
            case QUEUE_FULL -> 429;
            case HEADERS_TOO_LARGE -> 431;
            case MODEL_FAILED, INTERNAL_ERROR -> 500;
            case DRAINING, LOADING, ENGINE_STOPPED, GPU_UNUSABLE -> 503;
            case DEADLINE_EXCEEDED -> 504;
        };
    }

    /** How logs and meters call it. */
    static ErrorType errorType(ErrorReason reason) {
        return switch (reason) {
            case INVALID_REQUEST -> ErrorType.INVALID_REQUEST;
            case CONTEXT_LENGTH_EXCEEDED -> ErrorType.CONTEXT_LENGTH_EXCEEDED;
            case NOT_FOUND -> ErrorType.NOT_FOUND;
            case MODEL_NOT_FOUND -> ErrorType.MODEL_NOT_FOUND;
            case METHOD_NOT_ALLOWED -> ErrorType.METHOD_NOT_ALLOWED;
            case REQUEST_TIMEOUT -> ErrorType.REQUEST_TIMEOUT;
            case BODY_TOO_LARGE, URI_TOO_LONG, HEADERS_TOO_LARGE -> ErrorType.REQUEST_TOO_LARGE;
            case UNSUPPORTED_MEDIA_TYPE -> ErrorType.UNSUPPORTED_MEDIA_TYPE;
            case QUEUE_FULL -> ErrorType.QUEUE_FULL;
            case DRAINING -> ErrorType.DRAINING;
            case LOADING, ENGINE_STOPPED, GPU_UNUSABLE -> ErrorType.MODEL_UNAVAILABLE;
            case DEADLINE_EXCEEDED -> ErrorType.DEADLINE_EXCEEDED;
            case MODEL_FAILED -> ErrorType.MODEL_FAILED;
            case INTERNAL_ERROR -> ErrorType.INTERNAL;
        };
    }

    static ErrorBody body(ApiException error) {
        return new ErrorBody(new ErrorBody.Detail(
                error.getMessage(), type(status(error.reason())), error.param().orElse(null), error.code()));
    }

    /** OpenAI's classes of errors. */
    private static String type(int status) {
        if (status == 429) {
            return "rate_limit_error";
        }
        return status < 500 ? "invalid_request_error" : "server_error";
    }

    /** Seconds after which another try may do better; empty where waiting changes nothing that we know of. */
    static OptionalInt retryAfterSeconds(ErrorReason reason) {
        return switch (reason) {
            case QUEUE_FULL -> OptionalInt.of(1);
            case LOADING -> OptionalInt.of(2);
            case DRAINING, ENGINE_STOPPED, GPU_UNUSABLE -> OptionalInt.of(5);
            case INVALID_REQUEST,
                    CONTEXT_LENGTH_EXCEEDED,
                    NOT_FOUND,
                    MODEL_NOT_FOUND,
                    METHOD_NOT_ALLOWED,
                    REQUEST_TIMEOUT,
                    BODY_TOO_LARGE,
                    URI_TOO_LONG,
                    HEADERS_TOO_LARGE,
                    UNSUPPORTED_MEDIA_TYPE,
                    DEADLINE_EXCEEDED,
                    MODEL_FAILED,
                    INTERNAL_ERROR -> OptionalInt.empty();
        };
    }

    /**
     * Clients try again on every 5xx unless told not to. A request that ran for as long as one may would do so again, with
     * the whole cost.
     */
    static boolean forbidsRetry(ErrorReason reason) {
        return reason == ErrorReason.DEADLINE_EXCEEDED;
    }
}
