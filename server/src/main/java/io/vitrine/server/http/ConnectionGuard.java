package io.vitrine.server.http;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.impl.ConnectionBase;
import io.vitrine.server.config.ServerConfig.HttpConfig;

/**
 * Bounds the connections of a server: how many there are, and how long one may be without a request in progress. The time
 * runs until the next request's head is complete, so a head that comes byte by byte does not prolong it, as it would with
 * Vert.x's own idle time-out; that one would also cut off an answer whose first token takes long.
 *
 * <p>One for each server instance, on its event loop only; the count is shared by all.
 */
final class ConnectionGuard {

    private final Vertx vertx;
    private final HttpConfig config;
    private final AtomicInteger openCount;
    private final Map<HttpConnection, Watch> watches = new HashMap<>();

    ConnectionGuard(Vertx vertx, HttpConfig config, AtomicInteger openCount) {
        this.vertx = vertx;
        this.config = config;
        this.openCount = openCount;
    }

    void opened(HttpConnection connection) {
        if (openCount.incrementAndGet() > config.maxConnections()) {
            openCount.decrementAndGet();
            abort(connection);
            return;
        }
        Watch watch = new Watch(connection);
        watches.put(connection, watch);
        watch.start(config.requestReadTimeout().toMillis());
        connection.closeHandler(closed -> {
            watch.stop();
            watches.remove(connection);
            openCount.decrementAndGet();
        });
    }

    /** A request's head is complete. */
    void requestStarted(HttpConnection connection) {
        Watch watch = watches.get(connection);
        if (watch != null) {
            watch.stop();
        }
    }

    /** A request's answer has been handed over. */
    void requestEnded(HttpConnection connection) {
        Watch watch = watches.get(connection);
        if (watch != null) {
            watch.start(config.idleTimeout().toMillis());
        }
    }

    /** Closes a connection whose request cannot be read to its end, once the answer is out. */
    static void closeAfterAnswer(HttpServerRequest request) {
        request.connection().close();
    }

    /**
     * Closes at once. Vert.x's {@link HttpConnection#close} first writes what waits, which a client that does not read
     * can put off for ever.
     */
    @SuppressWarnings("FutureReturnValueIgnored") // its closeHandler is told
    static void abort(HttpConnection connection) {
        if (connection instanceof ConnectionBase base) {
            base.channelHandlerContext().close();
        } else {
            connection.close();
        }
    }

    private final class Watch {

        private static final long NONE = -1;

        private final HttpConnection connection;
        private long timer = NONE;

        Watch(HttpConnection connection) {
            this.connection = connection;
        }

        void start(long millis) {
            stop();
            timer = vertx.setTimer(millis, id -> abort(connection));
        }

        void stop() {
            if (timer != NONE) {
                vertx.cancelTimer(timer);
                timer = NONE;
            }
        }
    }
}
