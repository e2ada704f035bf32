package io.vitrine.server.http;

import java.util.Locale;
import java.util.function.Function;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClosedException;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vitrine.server.api.ApiException;
import io.vitrine.server.api.ErrorReason;
import org.jspecify.annotations.Nullable;

/**
 * Reads a request's body within a limit of bytes and of time, and within the memory that all bodies share. Vert.x-web's own
 * reader has no limit of time, and keeps what it reads for uploads that are none here.
 */
final class BodyReader {

    /** A body that takes longer than others may wait is looked at so often in that time. */
    private static final int CONTENTION_CHECKS = 4;

    private final BodyReaders common;
    private final int maxBytes;

    BodyReader(BodyReaders common, int maxBytes) {
        this.common = common;
        this.maxBytes = maxBytes;
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
     * Reads and decompresses the body and has it used; its memory is held until that has ended. On the request's event loop,
     * before anything of the body was missed. While there is no memory nothing is read. What is still to come after a failure
     * is thrown away, for as long as the body might have taken, so that a client that is still sending can read the answer.
     *
     * @throws ApiException if the body's coding is not supported
     */
    <T> Future<T> read(HttpServerRequest request, Function<byte[], Future<T>> use) {
        ContentCoding coding = ContentCoding.of(request);
        Reading reading = new Reading(request, leasedBytes(request, coding));
        return reading.start()
                .compose(body -> decoded(body, coding))
                .compose(body -> {
                    reading.shrink(body.length);
                    return use.apply(body);
                })
                .onComplete(used -> reading.release());
    }

    /** A body without a length, or one that will be inflated, may have as many bytes as any. */
    private long leasedBytes(HttpServerRequest request, ContentCoding coding) {
        long announced = announcedBytes(request);
        return coding == ContentCoding.IDENTITY && announced >= 0 ? Math.min(announced, maxBytes) : maxBytes;
    }

    private Future<byte[]> decoded(Buffer body, ContentCoding coding) {
        byte[] bytes = body.getBytes();
        return coding == ContentCoding.IDENTITY
                ? Future.succeededFuture(bytes)
                : common.vertx().executeBlocking(() -> coding.decode(bytes, maxBytes), false);
    }

    /** What {@code content-length} says; -1 if there is none. */
    private static long announcedBytes(HttpServerRequest request) {
        String length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
        try {
            return length == null ? -1 : Long.parseLong(length.strip());
        } catch (NumberFormatException e) {
            // Longer than any number: the decoder has let only digits through.
            return Long.MAX_VALUE;
        }
    }

    static ApiException tooLarge(int maxBytes) {
        return new ApiException(ErrorReason.BODY_TOO_LARGE, "the body must not be larger than " + maxBytes + " bytes");
    }

    /** One body, from the lease of its memory to its last byte. */
    private final class Reading {

        private final Vertx vertx = common.vertx();
        private final Context owner = vertx.getOrCreateContext();
        private final HttpServerRequest request;
        private final long leasedBytes;
        private final Promise<Buffer> promise = Promise.promise();
        private Buffer body = Buffer.buffer();
        private BodyMemory.@Nullable Lease lease;
        private boolean begun;
        private boolean ended;
        private long timer;
        private long contentionTimer;

        Reading(HttpServerRequest request, long leasedBytes) {
            this.request = request;
            this.leasedBytes = leasedBytes;
        }

        Future<Buffer> start() {
            request.pause();
            request.exceptionHandler(this::failed);
            request.endHandler(end -> ended());
            request.handler(this::append);
            timer = vertx.setTimer(common.timeout().toMillis(), id -> timeOut());
            contentionTimer = vertx.setPeriodic(
                    common.contendedTimeout().toMillis(),
                    Math.max(1, common.contendedTimeout().toMillis() / CONTENTION_CHECKS),
                    id -> yieldIfContended());
            ConnectionGuard.watchBody(request, this::inputClosed, () -> failed(unreadable()));
            if (announcedBytes(request) > maxBytes) {
                refuse(tooLarge(maxBytes));
            } else {
                lease();
            }
            return promise.future();
        }

        private void lease() {
            try {
                lease = common.memory()
                        .lease(leasedBytes, task -> owner.runOnContext(ignored -> task.run()), this::begin);
            } catch (ApiException full) {
                refuse(full);
            }
        }

        void shrink(int bodyBytes) {
            if (lease != null) {
                lease.shrink(bodyBytes);
            }
        }

        void release() {
            if (lease != null) {
                lease.release();
            }
        }

        private void begin() {
            if (begun || promise.future().isComplete()) {
                return;
            }
            begun = true;
            if ("100-continue".equalsIgnoreCase(request.getHeader(HttpHeaders.EXPECT))) {
                request.response().writeContinue();
            }
            request.resume();
        }

        private void append(Buffer chunk) {
            if (promise.future().isComplete()) {
                return;
            }
            if (body.length() + chunk.length() > maxBytes) {
                refuse(tooLarge(maxBytes));
            } else {
                body.appendBuffer(chunk);
            }
        }

        private void ended() {
            ended = true;
            stopTimers();
            promise.tryComplete(body);
        }

        private void failed(Throwable cause) {
            stopTimers();
            if (!(cause instanceof HttpClosedException)) {
                promise.tryFail(unreadable());
            } else if (!promise.future().isComplete()) {
                // Nobody is left to be answered.
                release();
            }
        }

        /** The client will send no more: a body that has not come whole by now never will. */
        private void inputClosed() {
            if (begun && !ended) {
                refuse(unfinished());
                ConnectionGuard.closeAfterAnswer(request);
            }
        }

        private void timeOut() {
            refuse(begun ? tooSlow() : BodyMemory.full());
            ConnectionGuard.closeAfterAnswer(request);
        }

        private void yieldIfContended() {
            if (begun && !ended && common.memory().contended()) {
                refuse(tooSlowWhileContended());
            }
        }

        /** Reads on, to throw it away. */
        private void refuse(ApiException refusal) {
            vertx.cancelTimer(contentionTimer);
            body = Buffer.buffer();
            promise.tryFail(refusal);
            request.resume();
        }

        private void stopTimers() {
            vertx.cancelTimer(timer);
            vertx.cancelTimer(contentionTimer);
        }
    }

    private static ApiException unreadable() {
        return new ApiException(ErrorReason.INVALID_REQUEST, "the body is not valid HTTP", null, "invalid_http");
    }

    private static ApiException unfinished() {
        return new ApiException(
                ErrorReason.INVALID_REQUEST, "the body ended before it was complete", null, "invalid_http");
    }

    private ApiException tooSlow() {
        return new ApiException(
                ErrorReason.REQUEST_TIMEOUT,
                "the body must arrive within " + common.timeout().toMillis() + " ms");
    }

    private ApiException tooSlowWhileContended() {
        return new ApiException(
                ErrorReason.OVERLOADED,
                "the memory for request bodies is in use (server.body-memory), and a body must then arrive within "
                        + common.contendedTimeout().toMillis() + " ms; try again");
    }
}
