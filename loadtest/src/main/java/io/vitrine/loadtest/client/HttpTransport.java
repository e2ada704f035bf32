package io.vitrine.loadtest.client;

import java.net.URI;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import org.jspecify.annotations.Nullable;

/** HTTP/1.1 with connections that are kept; as many as there are requests in flight, so that no pool limits an open loop. */
public final class HttpTransport implements Transport {

    private static final int MOST_CONNECTIONS = 65_000;
    private static final int CONNECT_MILLIS = 10_000;
    private static final long CANCELLED = 0x8;

    private final HttpClient client;
    private final URI base;
    private final String path;
    private final @Nullable String key;

    /**
     * Made on the loop whose requests it sends.
     *
     * @param base scheme, host and port; a path in front of {@code path} if there is one
     * @param key bearer token, or null
     */
    public HttpTransport(Vertx vertx, URI base, String path, @Nullable String key) {
        this.base = base;
        this.path = prefix(base) + path;
        this.key = key;
        HttpClientOptions options = new HttpClientOptions()
                .setSsl("https".equals(base.getScheme()))
                .setTcpNoDelay(true)
                .setConnectTimeout(CONNECT_MILLIS)
                .setKeepAlive(true);
        this.client = vertx.createHttpClient(
                options, new PoolOptions().setHttp1MaxSize(MOST_CONNECTIONS).setMaxWaitQueueSize(-1));
    }

    /** A base URL may end in /v1, as OpenAI's clients want it. */
    private static String prefix(URI base) {
        String prefix = base.getPath() == null ? "" : base.getPath().replaceAll("/+$", "");
        return prefix.endsWith("/v1") ? prefix.substring(0, prefix.length() - 3) : prefix;
    }

    @Override
    public Call send(String requestId, byte[] body, Listener listener) {
        Exchange exchange = new Exchange(listener);
        client.request(options(requestId))
                .onSuccess(request -> exchange.send(request, body))
                .onFailure(exchange::failed);
        return exchange;
    }

    private RequestOptions options(String requestId) {
        int port = base.getPort() >= 0 ? base.getPort() : "https".equals(base.getScheme()) ? 443 : 80;
        RequestOptions options = new RequestOptions()
                .setMethod(HttpMethod.POST)
                .setHost(base.getHost())
                .setPort(port)
                .setURI(path)
                .putHeader(HttpHeaders.CONTENT_TYPE, "application/json")
                .putHeader("x-request-id", requestId);
        return key == null ? options : options.putHeader(HttpHeaders.AUTHORIZATION, "Bearer " + key);
    }

    /** One request; its callbacks come on the context that made it. */
    private static final class Exchange implements Call {

        private final Listener listener;
        private @Nullable HttpClientRequest request;
        private boolean over;

        private Exchange(Listener listener) {
            this.listener = listener;
        }

        private void send(HttpClientRequest connected, byte[] body) {
            if (over) {
                connected.exceptionHandler(ignored -> {});
                connected.reset(CANCELLED).onFailure(ignored -> {});
                return;
            }
            request = connected;
            connected.exceptionHandler(this::failed);
            connected.response().onSuccess(this::receive).onFailure(this::failed);
            listener.sent(System.nanoTime());
            connected.end(Buffer.buffer(body)).onFailure(this::failed);
        }

        private void receive(HttpClientResponse response) {
            if (over) {
                return;
            }
            listener.head(response.statusCode(), System.nanoTime());
            response.handler(this::data);
            response.exceptionHandler(this::failed);
            response.endHandler(end -> {
                if (!over) {
                    over = true;
                    listener.ended(System.nanoTime());
                }
            });
        }

        private void data(Buffer bytes) {
            if (!over) {
                listener.data(bytes.getBytes(), System.nanoTime());
            }
        }

        private void failed(Throwable cause) {
            if (!over) {
                over = true;
                listener.failed(cause, System.nanoTime());
            }
        }

        @Override
        public void cancel() {
            over = true;
            if (request != null) {
                request.reset(CANCELLED).onFailure(ignored -> {});
            }
        }
    }
}
