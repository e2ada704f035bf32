package io.vitrine.server.alerting.delivery;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;

/** A local receiver that answers by a script; once that is used up, with 200. Closed with its Vert.x. */
public final class ScriptedEndpoint {

    /** One request. */
    public record Seen(String path, String signature, String delivery, String body) {

        public JsonNode json() {
            try {
                return new ObjectMapper().readTree(body);
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }
    }

    private final Deque<Handler<HttpServerResponse>> script = new ArrayDeque<>();
    private final List<Seen> seen = new CopyOnWriteArrayList<>();
    private final HttpServer server;

    public ScriptedEndpoint(Vertx vertx) {
        server = vertx.createHttpServer()
                .requestHandler(this::answer)
                .listen(0, "127.0.0.1")
                .toCompletionStage()
                .toCompletableFuture()
                .join();
    }

    private void answer(HttpServerRequest request) {
        request.body().onSuccess(body -> {
            seen.add(new Seen(
                    request.path(),
                    request.getHeader(WebhookReceiver.SIGNATURE),
                    request.getHeader(WebhookReceiver.DELIVERY),
                    body.toString()));
            next().handle(request.response());
        });
    }

    private synchronized Handler<HttpServerResponse> next() {
        Handler<HttpServerResponse> scripted = script.poll();
        return scripted == null ? response -> end(response, 200, "ok") : scripted;
    }

    public synchronized void then(Handler<HttpServerResponse> answer) {
        script.add(answer);
    }

    void then(int status, String body) {
        then(response -> end(response, status, body));
    }

    static void end(HttpServerResponse response, int status, String body) {
        response.setStatusCode(status).end(body).onComplete(ended -> {});
    }

    public List<Seen> seen() {
        return seen;
    }

    int port() {
        return server.actualPort();
    }

    public String url(String path) {
        return "http://127.0.0.1:" + port() + path;
    }
}
