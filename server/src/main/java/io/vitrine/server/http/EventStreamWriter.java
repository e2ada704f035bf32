package io.vitrine.server.http;

import java.nio.charset.StandardCharsets;
import java.time.Duration;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import io.vitrine.server.api.ApiJson;
import io.vitrine.server.config.ServerConfig.HttpConfig;

/**
 * Writes server-sent events to one client as fast as it reads, and no faster: what it has not read waits here, up to a
 * number of bytes and for a time. A reader past either limit loses its connection, which cancels its request; nobody
 * else waits for it. While there is nothing to send, a comment line from time to time keeps proxies from cutting the stream. On
 * the request's event loop.
 */
final class EventStreamWriter {

    private static final byte[] DATA = "data: ".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] END_OF_EVENT = "\n\n".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] DONE = "[DONE]".getBytes(StandardCharsets.US_ASCII);
    private static final String KEEP_ALIVE = ": keep-alive\n\n";

    private static final int WRITE_BYTES = 16 * 1024;
    private static final long NONE = -1;

    private final Vertx vertx;
    private final HttpServerRequest request;
    private final HttpServerResponse response;
    private final int maxWaitingBytes;
    private final Duration stallTimeout;
    private final Duration keepAlive;
    private final AnswerMemory.Share memory;

    private Buffer waiting = Buffer.buffer();
    private boolean blocked;
    private boolean ending;
    private boolean written;
    private long stallTimer;
    private long keepAliveTimer = NONE;

    /** Nothing is sent yet. */
    EventStreamWriter(Vertx vertx, HttpServerRequest request, HttpConfig config, AnswerMemory memory) {
        this.vertx = vertx;
        this.request = request;
        this.response = request.response();
        this.maxWaitingBytes = config.streamBufferBytes();
        this.stallTimeout = config.streamStallTimeout();
        this.keepAlive = config.streamKeepAlive();
        this.memory = memory.share();
        response.setStatusCode(200)
                .setChunked(true)
                .setWriteQueueMaxSize(WRITE_BYTES)
                .putHeader(HttpHeaders.CONTENT_TYPE, "text/event-stream; charset=utf-8")
                .putHeader(HttpHeaders.CACHE_CONTROL, "no-cache")
                // Proxies of nginx's kind would gather events otherwise.
                .putHeader("x-accel-buffering", "no");
    }

    /** Sends the head, with status 200: an error from now on is an event. */
    void open() {
        response.closeHandler(closed -> release());
        if (request.version() == HttpVersion.HTTP_1_0) {
            // Without chunks Vert.x writes a head only with something behind it.
            response.write(Buffer.buffer());
        } else {
            response.writeHead();
        }
        ConnectionGuard.probeWith(request, this::comment);
        if (!keepAlive.isZero()) {
            keepAliveTimer = vertx.setPeriodic(keepAlive.toMillis(), id -> keepAlive());
        }
    }

    private void keepAlive() {
        if (!written) {
            comment();
        }
        written = false;
    }

    /** A line that clients skip; only where no event waits to be read, which would do as well. */
    private void comment() {
        if (!response.closed() && !response.ended() && !blocked && waiting.length() == 0) {
            response.write(KEEP_ALIVE);
        }
    }

    /** Adds an event; it goes out with the next {@link #flush}, or at once if many wait. */
    void add(Object body) {
        add(ApiJson.write(body));
    }

    private void add(byte[] data) {
        if (response.closed()) {
            return;
        }
        waiting.appendBytes(DATA).appendBytes(data).appendBytes(END_OF_EVENT);
        // A burst must meet the limits too, and not go out as one piece that no limit was held to.
        if (waiting.length() >= WRITE_BYTES) {
            flush();
        }
    }

    /** Writes what waits, or as soon as the client has read what it was sent. */
    void flush() {
        if (response.closed() || response.ended()) {
            return;
        }
        if (!blocked && response.writeQueueFull()) {
            block();
        }
        if (blocked) {
            if (waiting.length() > maxWaitingBytes || !memory.hold(waiting.length())) {
                giveUp();
            }
            return;
        }
        writeWaiting();
    }

    private void block() {
        blocked = true;
        stallTimer = vertx.setTimer(stallTimeout.toMillis(), id -> giveUp());
        response.drainHandler(drained -> {
            unblock();
            flush();
        });
    }

    private void unblock() {
        blocked = false;
        vertx.cancelTimer(stallTimer);
    }

    private void writeWaiting() {
        Buffer events = waiting;
        waiting = Buffer.buffer();
        if (ending) {
            endWith(events);
        } else if (events.length() > 0) {
            written = true;
            memory.release();
            response.write(events);
        }
    }

    private void endWith(Buffer events) {
        response.drainHandler(null);
        response.end(events).onComplete(taken -> release());
        // Without chunks only the connection's end tells an HTTP/1.0 client that there is no more.
        if (request.version() == HttpVersion.HTTP_1_0) {
            request.connection().close();
        }
    }

    /** The last event, as OpenAI's clients expect it, and the end of the answer. */
    void end() {
        add(DONE);
        ending = true;
        flush();
    }

    private void giveUp() {
        ConnectionGuard.abort(request.connection());
    }

    private void release() {
        memory.release();
        if (keepAliveTimer != NONE) {
            vertx.cancelTimer(keepAliveTimer);
            keepAliveTimer = NONE;
        }
    }
}
