package io.vitrine.loadtest.bench;

import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vitrine.loadtest.client.DriverOptions;
import io.vitrine.loadtest.client.LoadRun;
import io.vitrine.loadtest.client.RequestBodies;
import io.vitrine.loadtest.client.RunMonitor;
import io.vitrine.loadtest.measure.RunLog;
import io.vitrine.loadtest.workload.Lengths;
import io.vitrine.loadtest.workload.Plan;
import io.vitrine.loadtest.workload.SyntheticRequests;

/**
 * How many chunks a second one event loop of the client reads, and what of its core that takes. The server sends each chunk by itself, as a
 * server does that decodes a batch: one to every stream at each step.
 *
 * <p>{@code ChunkRate STREAMS STEP_MILLIS SECONDS}: 200 10 20 is 20 000 chunks/s.
 */
final class ChunkRate {

    private static final int TOKENS = 500;
    private static final long SECOND = 1_000_000_000L;

    private ChunkRate() {}

    public static void main(String[] arguments) {
        int streams = Integer.parseInt(arguments[0]);
        int stepMillis = Integer.parseInt(arguments[1]);
        long seconds = Long.parseLong(arguments[2]);
        Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
        HttpServer server = vertx.createHttpServer()
                .requestHandler(request -> request.body().onSuccess(body -> stream(vertx, request, stepMillis)))
                .listen(0, "127.0.0.1")
                .toCompletionStage()
                .toCompletableFuture()
                .join();
        RequestBodies bodies = new RequestBodies("m", true, true, true, JsonNodeFactory.instance.objectNode());
        URI url = URI.create("http://127.0.0.1:" + server.actualPort());
        try (LoadRun load = new LoadRun(url, null, bodies, 1)) {
            run(load, streams, 5);
            report(run(load, streams, seconds), streams, stepMillis);
        }
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    private static RunLog run(LoadRun load, int streams, long seconds) {
        Plan plan = new Plan(
                new Plan.Closed(streams, Plan.UNLIMITED, OptionalLong.of(seconds * SECOND)),
                new SyntheticRequests(1, Lengths.fixed(32), Lengths.fixed(TOKENS), 0, 0, 1, 0, List.of()),
                0);
        DriverOptions options = new DriverOptions(0, 0, Integer.MAX_VALUE, 60 * SECOND, 0, "bench-");
        return load.run(plan, options, new RunMonitor()).join();
    }

    private static void stream(Vertx vertx, HttpServerRequest request, int stepMillis) {
        HttpServerResponse response = request.response().setChunked(true);
        response.exceptionHandler(gone -> {});
        int[] tokens = new int[1];
        vertx.setPeriodic(stepMillis, timer -> {
            if (response.ended() || response.closed()) {
                vertx.cancelTimer(timer);
            } else if (tokens[0]++ < TOKENS) {
                response.write(chunk(tokens[0]));
            } else {
                vertx.cancelTimer(timer);
                response.write(Buffer.buffer(
                        "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"length\"}]}\n\ndata: [DONE]\n\n"));
                response.end();
            }
        });
    }

    /** As long as Vitrine's. */
    private static Buffer chunk(int tokens) {
        return Buffer.buffer(
                "data: {\"id\":\"chatcmpl-7464789a71e9e99cdb127a1cd2265ab9\",\"object\":\"chat.completion.chunk\","
                        + "\"created\":1796076967,\"model\":\"smollm2-135m-instruct\",\"system_fingerprint\":\"fp_0732420dbc\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\""
                        + " there\"},\"logprobs\":null,\"finish_reason\":null,"
                        + "\"stop_reason\":null}],\"usage\":{\"prompt_tokens\":32,\"completion_tokens\":" + tokens
                        + ",\"total_tokens\":34,\"prompt_tokens_details\":{\"cached_tokens\":0}}}\n\n");
    }

    private static void report(RunLog log, int streams, int stepMillis) {
        double seconds = log.window().seconds();
        double rate = log.tokens().sum(log.window().fromNanos(), log.window().toNanos()) / seconds;
        double busy = log.health().loopBusy();
        System.out.printf(
                Locale.ROOT,
                "%d streams, a step each %d ms: %.0f chunks/s, %.0f %% of a core, %.1f µs a chunk, loop delay p99 %.2f"
                        + " ms%n",
                streams,
                stepMillis,
                rate,
                100 * busy,
                1e6 * busy / rate,
                log.health().loopDelay().getValueAtPercentile(99) / 1e6);
    }
}
