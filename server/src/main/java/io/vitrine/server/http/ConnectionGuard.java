package io.vitrine.server.http;

import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.util.AttributeKey;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.net.impl.ConnectionBase;
import io.vitrine.observability.ConnectionCounts;
import io.vitrine.observability.catalogue.ConnectionLoss;
import io.vitrine.server.config.ServerConfig.HttpConfig;
import org.jspecify.annotations.Nullable;

/**
 * Bounds the connections of a server: how many there are, how many have sent a part of a head, and how long one may be without
 * a request in progress. The time runs until the next request's head is complete, so a head that comes byte by byte does not
 * prolong it, as it would with Vert.x's own idle time-out; that one would also cut off an answer whose first token takes long.
 * Over a limit the connection gives way that has been without a request for longest; only where all have one, the new one does.
 *
 * <p>A client may close its side of a connection after its request and still gets its answer. Since one that has left looks the
 * same, it is written to from time to time: the network then reports that nobody is there.
 *
 * <p>One for each server instance, on its event loop only; the counts are shared by all of a port.
 */
final class ConnectionGuard {

    /** Answers that one connection may ask for before it has read the first; they wait in memory. */
    static final int MAX_PIPELINED = 16;

    /** Bytes that are read from a connection at once: what a paused one holds. */
    private static final int READ_BYTES = 16 * 1024;

    private static final int PROBE_MILLIS = 500;
    /** Time for the next pipelined request of a client that sends no more. */
    private static final int LAST_REQUEST_MILLIS = 100;

    private static final AttributeKey<Watch> WATCH = AttributeKey.valueOf(Watch.class, "vitrine");

    private final Vertx vertx;
    private final HttpConfig config;
    private final ConnectionCounts counts;
    private final Map<HttpConnection, Watch> watches = new HashMap<>();
    /** Without a request in progress, longest first. */
    private final Set<Watch> waiting = new LinkedHashSet<>();
    /** Of these, those with a head in flight, longest first. */
    private final Set<Watch> heads = new LinkedHashSet<>();

    ConnectionGuard(Vertx vertx, HttpConfig config, ConnectionCounts counts) {
        this.vertx = vertx;
        this.config = config;
        this.counts = counts;
    }

    void opened(HttpConnection connection) {
        if (counts.opened() > counts.limit() && !displace(waiting, ConnectionLoss.DISPLACED)) {
            counts.closed();
            counts.lost(ConnectionLoss.CONNECTION_LIMIT);
            abort(connection);
            return;
        }
        Watch watch = new Watch(connection);
        watches.put(connection, watch);
        watch.install();
        watch.await(config.requestReadTimeout().toMillis());
        connection.closeHandler(closed -> {
            watch.gone();
            watches.remove(connection);
            counts.closed();
        });
    }

    /** Closes the connection that is in {@code candidates} for longest, if there is one. */
    private static boolean displace(Set<Watch> candidates, ConnectionLoss reason) {
        if (candidates.isEmpty()) {
            return false;
        }
        candidates.iterator().next().close(reason);
        return true;
    }

    /** A request's head is complete, and its turn has come. */
    void requestStarted(HttpServerRequest request) {
        Watch watch = watches.get(request.connection());
        if (watch != null) {
            watch.requestStarted(request);
        }
    }

    /** A request's answer has been handed over. */
    void requestEnded(HttpServerRequest request) {
        Watch watch = watches.get(request.connection());
        if (watch != null) {
            watch.requestEnded();
        }
    }

    /** Closes a connection whose request cannot be read to its end, once the answer is out. */
    static void closeAfterAnswer(HttpServerRequest request) {
        request.connection().close();
    }

    /**
     * Reports what Vert.x does not of a request's body.
     *
     * @param inputClosed runs if the client closes its side of the connection before the body is complete
     * @param broken runs if the body is not valid HTTP
     */
    static void watchBody(HttpServerRequest request, Runnable inputClosed, Runnable broken) {
        Watch watch = watchOf(request);
        if (watch != null) {
            // Netty reports both on the request's event loop, but outside of its context, which the end of a request
            // needs.
            ContextInternal owner = (ContextInternal) Objects.requireNonNull(Vertx.currentContext(), "no request");
            watch.onInputClosed = () -> owner.dispatch(ignored -> inputClosed.run());
            watch.onBodyBroken = () -> owner.dispatch(ignored -> broken.run());
        }
    }

    /** From now on, {@code write} sends something that changes nothing to a client that may have left. */
    static void probeWith(HttpServerRequest request, Runnable write) {
        Watch watch = watchOf(request);
        if (watch != null) {
            watch.probe = write;
        }
    }

    private static @Nullable Watch watchOf(HttpServerRequest request) {
        return request.connection() instanceof ConnectionBase base
                ? base.channelHandlerContext().channel().attr(WATCH).get()
                : null;
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

    private final class Watch implements HeadWatch.Connection {

        private static final long NONE = -1;

        private final HttpConnection connection;
        private long timer = NONE;
        private long prober = NONE;
        private @Nullable HttpServerRequest current;
        private @Nullable Runnable onInputClosed;
        private @Nullable Runnable onBodyBroken;
        private @Nullable Runnable probe;
        private boolean inputClosed;
        private boolean receiving;
        /** More requests came ahead of their answers than may. */
        private boolean overrun;

        private int decoded;
        private int ended;
        private int headLines;

        Watch(HttpConnection connection) {
            this.connection = connection;
        }

        void install() {
            if (connection instanceof ConnectionBase base) {
                Channel channel = base.channelHandlerContext().channel();
                channel.attr(WATCH).set(this);
                channel.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
                channel.config().setRecvByteBufAllocator(new FixedRecvByteBufAllocator(READ_BYTES));
                HeadWatch.install(channel.pipeline(), this, config.connections().maxHeaders());
            }
        }

        void await(long millis) {
            stopTimer();
            waiting.add(this);
            timer = vertx.setTimer(millis, id -> timeOut());
        }

        private void timeOut() {
            if (decoded == 0 || heads.contains(this)) {
                close(ConnectionLoss.HEAD_TIMEOUT);
            } else {
                abort(connection);
            }
        }

        void close(ConnectionLoss reason) {
            counts.lost(reason);
            leave();
            abort(connection);
        }

        void requestStarted(HttpServerRequest request) {
            leave();
            current = request;
        }

        void requestEnded() {
            ended++;
            current = null;
            onInputClosed = null;
            onBodyBroken = null;
            probe = null;
            if (overrun && ended == decoded) {
                connection.close();
            }
            await(inputClosed ? LAST_REQUEST_MILLIS : config.idleTimeout().toMillis());
        }

        void gone() {
            leave();
            if (prober != NONE) {
                vertx.cancelTimer(prober);
            }
        }

        /** The lines without a request in progress. */
        private void leave() {
            stopTimer();
            waiting.remove(this);
            headEnded();
        }

        private void headEnded() {
            headLines = 0;
            if (heads.remove(this)) {
                counts.headEnded();
            }
        }

        private void stopTimer() {
            if (timer != NONE) {
                vertx.cancelTimer(timer);
                timer = NONE;
            }
        }

        @Override
        public boolean busy() {
            return current != null || receiving || overrun;
        }

        @Override
        public boolean headDecoded() {
            headEnded();
            if (decoded - ended < MAX_PIPELINED) {
                decoded++;
                receiving = true;
                return true;
            }
            overrun = true;
            counts.lost(ConnectionLoss.PIPELINE_LIMIT);
            return false;
        }

        @Override
        public void bodyBroken() {
            if (onBodyBroken != null) {
                onBodyBroken.run();
            }
            if (current == null) {
                connection.close();
            } else {
                closeAfterAnswer(current);
            }
        }

        @Override
        public void requestReceived() {
            receiving = false;
        }

        @Override
        public int decodedCount() {
            return decoded;
        }

        @Override
        public void partOfHead(int lines) {
            headLines += lines;
            // The request line and the one that ends the head are none of the headers.
            if (headLines > config.connections().maxHeaders() + 2) {
                close(ConnectionLoss.HEADER_LIMIT);
            } else if (heads.add(this)) {
                if (counts.headBegun() > config.connections().maxHeadsInFlight()) {
                    displace(heads, ConnectionLoss.HEAD_LIMIT);
                }
                // It has the time of a first head from its first byte on, whatever idle time was left.
                await(config.requestReadTimeout().toMillis());
            }
        }

        @Override
        public void inputClosed() {
            inputClosed = true;
            if (current == null) {
                abort(connection);
                return;
            }
            if (onInputClosed != null && receiving && decoded - ended == 1) {
                onInputClosed.run();
            }
            prober = vertx.setPeriodic(PROBE_MILLIS, id -> probe());
        }

        private void probe() {
            HttpServerRequest request = current;
            if (request == null) {
                return;
            }
            HttpServerResponse response = request.response();
            if (probe != null) {
                probe.run();
            } else if (!response.headWritten() && request.version() == HttpVersion.HTTP_1_1) {
                // An interim answer, of which a client may get any number (RFC 9110, section 15.2).
                response.writeContinue();
            }
        }
    }
}
