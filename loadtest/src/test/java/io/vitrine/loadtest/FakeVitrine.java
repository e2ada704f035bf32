package io.vitrine.loadtest;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;

/**
 * An OpenAI-compatible server that streams the requested number of tokens; its management side reports them correctly, or
 * with an injected error.
 */
public final class FakeVitrine implements AutoCloseable {

    private static final int PROMPT_TOKENS = 20;

    private final Vertx vertx = Vertx.vertx();
    private final HttpServer server;
    private final List<Served> served = new CopyOnWriteArrayList<>();
    public final List<String> headers = new CopyOnWriteArrayList<>();
    /** What is wrong. */
    public volatile Fault fault = Fault.NONE;

    private record Served(String id, String outcome, int status, int tokens) {}

    /** Faults of the answer, then of the telemetry. */
    public enum Fault {
        NONE,
        HALF_AN_ANSWER,
        REFUSES,
        CLOSES_EARLY,
        NEVER_ENDS,
        COUNTER_LACKS_A_REQUEST,
        LOG_HAS_OTHER_TOKENS,
        LOG_LACKS_A_LINE,
        SPAN_HAS_OTHER_TOKENS,
        LEDGER_HAS_A_TOKEN_MORE,
        HISTOGRAM_IS_TEN_TIMES_TOO_SLOW
    }

    public FakeVitrine() {
        server = vertx.createHttpServer()
                .requestHandler(this::handle)
                .listen(0, "127.0.0.1")
                .toCompletionStage()
                .toCompletableFuture()
                .join();
    }

    public URI url() {
        return URI.create("http://127.0.0.1:" + server.actualPort());
    }

    private void handle(HttpServerRequest request) {
        String path = request.path();
        if (path.endsWith("/completions")) {
            headers.add(path + " " + request.getHeader("authorization"));
            request.body().onSuccess(body -> answer(request, new JsonObject(body)));
        } else if (path.equals("/metrics")) {
            request.response().end(metrics());
        } else if (path.equals("/api/logs")) {
            request.response().end(logs(request).encode());
        } else if (path.equals("/api/costs")) {
            request.response().end(costs().encode());
        } else if (path.startsWith("/api/requests/")) {
            request.response()
                    .end(story(path.substring("/api/requests/".length())).encode());
        } else {
            request.response().setStatusCode(404).end();
        }
    }

    private void answer(HttpServerRequest request, JsonObject body) {
        String id = request.getHeader("x-request-id");
        int asked = body.getInteger("max_tokens");
        int tokens = fault == Fault.HALF_AN_ANSWER ? asked / 2 : asked;
        HttpServerResponse response = request.response();
        if (fault == Fault.REFUSES) {
            served.add(new Served(id, "refused", 429, 0));
            response.setStatusCode(429).end("{\"error\":{\"message\":\"full\"}}");
            return;
        }
        if (fault == Fault.NEVER_ENDS) {
            response.exceptionHandler(gone -> {});
            response.closeHandler(closed -> served.add(new Served(id, "cancelled", 200, 1)));
            response.setChunked(true).write(event(1));
            return;
        }
        response.setChunked(true);
        for (int token = 1; token <= tokens; token++) {
            response.write(event(token));
        }
        if (fault == Fault.CLOSES_EARLY) {
            served.add(new Served(id, "failed", 200, 0));
            response.end();
            return;
        }
        served.add(new Served(id, "completed", 200, tokens));
        response.write("data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"length\"}],\"usage\":" + usage(tokens)
                + "}\n\n");
        response.end("data: [DONE]\n\n");
    }

    private static String event(int token) {
        return "data: {\"choices\":[{\"delta\":{\"content\":\" w\"}}],\"usage\":" + usage(token) + "}\n\n";
    }

    private static String usage(int tokens) {
        return "{\"prompt_tokens\":" + PROMPT_TOKENS + ",\"completion_tokens\":" + tokens + "}";
    }

    private String metrics() {
        StringBuilder text =
                new StringBuilder("# TYPE vitrine_requests_total counter\nvitrine_requests_in_flight 0.0\n");
        for (String outcome : List.of("completed", "refused", "cancelled", "timed_out", "failed")) {
            long count = count(outcome);
            if (fault == Fault.COUNTER_LACKS_A_REQUEST && outcome.equals("completed")) {
                count = Math.max(0, count - 1);
            }
            text.append(String.format(
                    Locale.ROOT,
                    "vitrine_requests_total{error_type=\"\",model=\"m\",outcome=\"%s\",route=\"/v1/chat/completions\"}"
                            + " %d\n",
                    outcome,
                    count));
        }
        long completed = count("completed");
        text.append("vitrine_output_tokens_total{model=\"m\"} ")
                .append(tokens())
                .append('\n');
        text.append("vitrine_input_tokens_total{model=\"m\"} ")
                .append(PROMPT_TOKENS * completed)
                .append('\n');
        for (String name :
                List.of("gen_ai_server_request_duration_seconds", "gen_ai_server_time_to_first_token_seconds")) {
            boolean slow = fault == Fault.HISTOGRAM_IS_TEN_TIMES_TOO_SLOW;
            text.append(name)
                    .append("_bucket{le=\"1000.0\"} ")
                    .append(slow ? 0 : completed)
                    .append('\n');
            text.append(name).append("_bucket{le=\"+Inf\"} ").append(completed).append('\n');
            text.append(name).append("_count ").append(completed).append('\n');
        }
        return text.toString();
    }

    private long count(String outcome) {
        return served.stream().filter(one -> one.outcome().equals(outcome)).count();
    }

    private long tokens() {
        return served.stream().mapToLong(Served::tokens).sum();
    }

    private JsonObject logs(HttpServerRequest request) {
        JsonArray lines = new JsonArray();
        List<Served> all = new ArrayList<>(served);
        if (fault == Fault.LOG_LACKS_A_LINE && !all.isEmpty()) {
            all.remove(0);
        }
        int offset = Integer.parseInt(request.getParam("offset"));
        int limit = 3; // Pages, whatever is asked for.
        for (Served one : all.subList(
                Math.min(offset / 1000 * limit, all.size()), Math.min(offset / 1000 * limit + limit, all.size()))) {
            int tokens = one.tokens() + (fault == Fault.LOG_HAS_OTHER_TOKENS ? 1 : 0);
            lines.add(new JsonObject()
                    .put("request_id", one.id())
                    .put(
                            "fields",
                            new JsonObject()
                                    .put("outcome", one.outcome())
                                    .put("input_tokens", PROMPT_TOKENS)
                                    .put("output_tokens", tokens)
                                    .put("duration_ms", 0.01)));
        }
        return new JsonObject().put("data", lines).put("more", offset / 1000 * limit + limit < all.size());
    }

    private JsonObject story(String id) {
        int tokens = served.stream()
                .filter(one -> one.id().equals(id))
                .mapToInt(Served::tokens)
                .sum();
        JsonObject inference = new JsonObject()
                .put("name", "inference_process")
                .put(
                        "attributes",
                        new JsonObject()
                                .put(
                                        "gen_ai.usage.output_tokens",
                                        tokens + (fault == Fault.SPAN_HAS_OTHER_TOKENS ? 1 : 0)));
        JsonObject root = new JsonObject()
                .put("name", "gateway_request")
                .put("duration_ms", 0.01)
                .put("children", new JsonArray().add(inference));
        return new JsonObject().put("trace", new JsonObject().put("roots", new JsonArray().add(root)));
    }

    private JsonObject costs() {
        long completed = count("completed");
        return new JsonObject()
                .put(
                        "costs",
                        new JsonArray()
                                .add(new JsonObject()
                                        .put("requests", completed)
                                        .put("input_tokens", PROMPT_TOKENS * completed)
                                        .put(
                                                "output_tokens",
                                                tokens()
                                                        + (fault == Fault.LEDGER_HAS_A_TOKEN_MORE && completed > 0
                                                                ? 1
                                                                : 0))));
    }

    @Override
    public void close() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }
}
