package io.vitrine.server.http;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import io.vitrine.server.api.ApiException;
import io.vitrine.server.api.ApiJson;
import io.vitrine.server.api.ErrorReason;

/** Writes whole answers; nothing happens if the client has gone. */
final class Responses {

    private static final String JSON = "application/json";

    private Responses() {}

    /** Sends a JSON body; completes once the client has taken it, or never will. */
    static Future<Void> json(HttpServerResponse response, int status, Object body) {
        if (response.ended() || response.closed()) {
            return Future.succeededFuture();
        }
        return response.setStatusCode(status)
                .putHeader(HttpHeaders.CONTENT_TYPE, JSON)
                .end(Buffer.buffer(ApiJson.write(body)));
    }

    static void error(HttpServerResponse response, ApiException error) {
        if (response.ended() || response.closed()) {
            return;
        }
        ErrorMapper.retryAfter(error).ifPresent(retry -> retry.headers().forEach(response::putHeader));
        if (error.reason() == ErrorReason.INVALID_API_KEY) {
            // RFC 9110 has it on every 401.
            response.putHeader("www-authenticate", "Bearer");
        }
        if (error.reason() == ErrorReason.UNSUPPORTED_ENCODING) {
            response.putHeader(HttpHeaders.ACCEPT_ENCODING, ContentCoding.ACCEPTED);
        }
        if (ErrorMapper.forbidsRetry(error.reason())) {
            response.putHeader("x-should-retry", "false");
        }
        json(response, ErrorMapper.status(error.reason()), ErrorMapper.body(error));
    }
}
