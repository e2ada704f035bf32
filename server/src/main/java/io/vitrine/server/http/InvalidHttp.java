package io.vitrine.server.http;

import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.vitrine.server.api.ApiException;
import io.vitrine.server.api.ErrorReason;

/** Errors of requests that are not valid HTTP. */
final class InvalidHttp {

    private InvalidHttp() {}

    /**
     * For what the decoder could not read.
     *
     * @param maxHeaderBytes its limit
     */
    static ApiException of(Throwable cause, int maxHeaderBytes) {
        if (cause instanceof ApiException rule) {
            return rule;
        }
        if (cause instanceof TooLongHttpLineException) {
            return new ApiException(
                    ErrorReason.URI_TOO_LONG, "the request line must not be longer than " + maxHeaderBytes + " bytes");
        }
        if (cause instanceof TooLongHttpHeaderException) {
            return new ApiException(
                    ErrorReason.HEADERS_TOO_LARGE, "the headers must not be larger than " + maxHeaderBytes + " bytes");
        }
        return error("the request is not valid HTTP");
    }

    static ApiException path() {
        return error("the request's path cannot be read");
    }

    static ApiException query() {
        return error("the request's query cannot be read");
    }

    private static ApiException error(String message) {
        return new ApiException(ErrorReason.INVALID_REQUEST, message, null, "invalid_http");
    }
}
