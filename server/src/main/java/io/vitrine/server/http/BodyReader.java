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

/**
 * Reads a request's body within a limit of bytes and of time, and within the memory that all bodies share. Vert.x-web's own
 * reader has no limit of time, and keeps what it reads for uploads that are none here.
 */
final class BodyReader {

    /** A body that is read while others wait is looked at so often in the time that it has then. */
    private static final int CONTENTION_CHECKS = 4;

    /** What a body leases at first: so little that all connections together may hold it. */
    private static final int FIRST_BYTES = 1 << 10;
    /** Of at most 8 KiB: 6 MB/s of each connection are thrown away. */
    private static final int DISCARDED_CHUNKS = 8;

    private static final int DISCARD_MILLIS = 10;
    /** Deflate codes at most 258 bytes in two bits. */
    private static final long MAX_INFLATION = 1032;

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
        Reading reading = new Reading(request, coding);
        return reading.start()
                .compose(body -> decoded(body, coding))
                .compose(body -> {
                    reading.shrink(body.length);
                    return use.apply(body);
                })
                .onComplete(used -> reading.release());
    }

    /** Most bytes that the body can become. */
    private int mostBytes(HttpServerRequest request, ContentCoding coding) {
        long announced = announcedBytes(request);
        boolean known = coding == ContentCoding.IDENTITY && announced >= 0;
        return (int) Math.min(known ? announced : maxBytes, maxBytes);
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

    /**
     * Reads what is left of a refused request's body, so that a client that sends it all first can read the answer; slowly,
     * since reading the bodies of a flood takes processor time from the engine. On the request's event loop.
     */
    static void discardSlowly(Vertx vertx, HttpServerRequest request) {
        if (request.isEnded() || request.response().closed()) {
            return;
        }
        request.pause();
        request.fetch(DISCARDED_CHUNKS);
        vertx.setTimer(DISCARD_MILLIS, id -> discardSlowly(vertx, request));
    }

    static ApiException tooLarge(int maxBytes) {
        return new ApiException(ErrorReason.BODY_TOO_LARGE, "the body must not be larger than " + maxBytes + " bytes");
    }

    /** One body, from the lease of its memory to its last byte. */
    private final class Reading {

        private final Vertx vertx = common.vertx();
        private final Context owner = vertx.getOrCreateContext();
        private final HttpServerRequest request;
        private final ContentCoding coding;
        private final Promise<Buffer> promise = Promise.promise();
        private Buffer body = Buffer.buffer();
        private final int mostBytes;
        private final BodyMemory.Lease lease;
        private long leasedBytes;
        private boolean begun;
        private boolean waits;
        private int checks;
        private boolean ended;
        private long timer;
        private long contentionTimer;

        Reading(HttpServerRequest request, ContentCoding coding) {
            this.request = request;
            this.coding = coding;
            this.mostBytes = mostBytes(request, coding);
            this.lease =
                    common.memory().lease(mostBytes, task -> owner.runOnContext(ignored -> task.run()), this::granted);
        }

        Future<Buffer> start() {
            request.pause();
            request.exceptionHandler(this::failed);
            request.endHandler(end -> ended());
            request.handler(this::append);
            timer = vertx.setTimer(common.timeout().toMillis(), id -> timeOut());
            contentionTimer = vertx.setPeriodic(
                    Math.max(1, common.contendedTimeout().toMillis() / CONTENTION_CHECKS), id -> yieldIfContended());
            ConnectionGuard.watchBody(request, this::inputClosed, () -> failed(unreadable()));
            if (announcedBytes(request) > maxBytes) {
                refuse(tooLarge(maxBytes));
            } else if (leased(Math.min(FIRST_BYTES, mostBytes))) {
                granted();
            }
            return promise.future();
        }

        /** Whether there is memory for so many bytes; if not, nothing is read until there is. */
        private boolean leased(long bytes) {
            leasedBytes = bytes;
            try {
                waits = !lease.grow(bytes);
                return !waits;
            } catch (ApiException full) {
                refuse(full);
                return false;
            }
        }

        private boolean grown(long bytes) {
            return bytes <= leasedBytes || leased(Math.min(mostBytes, Math.max(bytes, 2 * leasedBytes)));
        }

        void shrink(int bodyBytes) {
            lease.shrink(bodyBytes);
        }

        void release() {
            lease.release();
        }

        /** There is memory for what was asked for last. */
        private void granted() {
            waits = false;
            if (promise.future().isComplete()) {
                return;
            }
            if (ended) {
                complete();
            } else if (begun) {
                request.resume();
            } else {
                begin();
            }
        }

        private void begin() {
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
                if (!grown(body.length()) && !promise.future().isComplete()) {
                    request.pause();
                }
            }
        }

        private void ended() {
            ended = true;
            long inflated = coding == ContentCoding.IDENTITY ? body.length() : body.length() * MAX_INFLATION;
            if (promise.future().isComplete() || grown(Math.min(maxBytes, inflated))) {
                complete();
            }
        }

        private void complete() {
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
            if (!ended) {
                refuse(unfinished());
                ConnectionGuard.closeAfterAnswer(request);
            }
        }

        private void timeOut() {
            refuse(begun && !ended && !waits ? tooSlow() : BodyMemory.full());
            ConnectionGuard.closeAfterAnswer(request);
        }

        /** Its own time is over; what it waited for memory does not count. */
        private void yieldIfContended() {
            if (!begun || waits || promise.future().isComplete()) {
                return;
            }
            checks++;
            if (checks >= CONTENTION_CHECKS && common.memory().contended()) {
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
                ErrorReason.BODY_UNFINISHED, "the body ended before it was complete", null, "invalid_http");
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
