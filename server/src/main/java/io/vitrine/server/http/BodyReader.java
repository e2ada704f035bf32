package io.vitrine.server.http;

import java.time.Duration;
import java.util.Locale;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClosedException;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vitrine.server.api.ApiException;
import io.vitrine.server.api.ErrorReason;

/**
 * Reads a request's body within a limit of bytes and of time. Vert.x-web's own reader has no limit of time, and keeps
 * what it reads for uploads that are none here.
 */
final class BodyReader {

    private final Vertx vertx;
    private final int maxBytes;
    private final Duration timeout;

    BodyReader(Vertx vertx, int maxBytes, Duration timeout) {
        this.vertx = vertx;
        this.maxBytes = maxBytes;
        this.timeout = timeout;
    }

    /**
     * Requires that the body is said to be JSON. A browser lets any page send other types here without asking; this one it
     * does not.
     */
    static void requireJson(HttpServerRequest request) {
        String contentType = request.getHeader(HttpHeaders.CONTENT_TYPE);
        String type = contentType == null ? "" : contentType.split(";", 2)[0].strip();
        if (!type.toLowerCase(Locale.ROOT).equals("application/json")) {
            throw new ApiException(ErrorReason.UNSUPPORTED_MEDIA_TYPE, "the content type must be application/json");
        }
    }

    /**
     * The body. On the request's event loop, before anything of the body was missed. What is still to come after a failure
     * is thrown away, for as long as the body might have taken, so that a client that is still sending can read the answer.
     */
    Future<Buffer> read(HttpServerRequest request) {
        Promise<Buffer> promise = Promise.promise();
        Buffer body = Buffer.buffer();
        long timer = vertx.setTimer(timeout.toMillis(), id -> {
            promise.tryFail(tooSlow());
            ConnectionGuard.closeAfterAnswer(request);
        });
        request.exceptionHandler(cause -> {
            vertx.cancelTimer(timer);
            // Nobody is left to be told of a closed connection.
            if (!(cause instanceof HttpClosedException)) {
                promise.tryFail(unreadable());
            }
        });
        request.endHandler(end -> {
            vertx.cancelTimer(timer);
            promise.tryComplete(body);
        });
        request.handler(chunk -> append(chunk, body, promise));
        if (announcedBytes(request) > maxBytes) {
            promise.tryFail(tooLarge());
        } else if ("100-continue".equalsIgnoreCase(request.getHeader(HttpHeaders.EXPECT))) {
            request.response().writeContinue();
        }
        return promise.future();
    }

    private void append(Buffer chunk, Buffer body, Promise<Buffer> promise) {
        if (promise.future().isComplete()) {
            return;
        }
        if (body.length() + chunk.length() > maxBytes) {
            promise.tryFail(tooLarge());
        } else {
            body.appendBuffer(chunk);
        }
    }

    private static long announcedBytes(HttpServerRequest request) {
        String length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
        try {
            return length == null ? 0 : Long.parseLong(length.strip());
        } catch (NumberFormatException e) {
            // Longer than any number: the decoder has let only digits through.
            return Long.MAX_VALUE;
        }
    }

    private static ApiException unreadable() {
        return new ApiException(ErrorReason.INVALID_REQUEST, "the body is not valid HTTP", null, "invalid_http");
    }

    private ApiException tooLarge() {
        return new ApiException(ErrorReason.BODY_TOO_LARGE, "the body must not be larger than " + maxBytes + " bytes");
    }

    private ApiException tooSlow() {
        return new ApiException(
                ErrorReason.REQUEST_TIMEOUT, "the body must arrive within " + timeout.toMillis() + " ms");
    }
}
