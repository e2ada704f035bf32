package io.vitrine.loadtest.client;

import java.net.URI;
import java.util.List;
import java.util.OptionalLong;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vitrine.loadtest.workload.Lengths;
import io.vitrine.loadtest.workload.Plan;
import io.vitrine.loadtest.workload.SyntheticRequests;

/**
 * Lets the client answer itself for a moment before a run. A Java program's first requests are slow, some tenths of a second where many start at
 * once, and would be measured as the server's.
 */
public final class Rehearsal {

    private static final int LANES = 16;
    private static final int TOKENS = 20;
    private static final long NANOS = 700_000_000;

    private Rehearsal() {}

    /** Blocks until it is over. */
    public static void run() {
        Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1).setWorkerPoolSize(1));
        HttpServer server = vertx.createHttpServer()
                .requestHandler(request -> request.body().onSuccess(body -> answer(request)))
                .listen(0, "127.0.0.1")
                .toCompletionStage()
                .toCompletableFuture()
                .join();
        RequestBodies bodies = new RequestBodies("rehearsal", true, true, true, JsonNodeFactory.instance.objectNode());
        Plan plan = new Plan(
                new Plan.Closed(LANES, Plan.UNLIMITED, OptionalLong.of(NANOS)),
                new SyntheticRequests(1, Lengths.fixed(64), Lengths.fixed(TOKENS), 0, 0, 1, 0, List.of()),
                0);
        DriverOptions options = new DriverOptions(0, 0, Integer.MAX_VALUE, 10 * NANOS, NANOS, "rehearsal-");
        URI url = URI.create("http://127.0.0.1:" + server.actualPort());
        try (LoadRun load = new LoadRun(url, null, bodies, 1)) {
            load.run(plan, options, new RunMonitor()).join();
        } finally {
            vertx.close().toCompletionStage().toCompletableFuture().join();
        }
    }

    private static void answer(HttpServerRequest request) {
        HttpServerResponse response = request.response().setChunked(true);
        response.exceptionHandler(gone -> {});
        for (int token = 1; token <= TOKENS; token++) {
            response.write(
                    "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\" word\"},\"finish_reason\":null}],"
                            + "\"usage\":{\"prompt_tokens\":64,\"completion_tokens\":" + token + "}}\n\n");
        }
        response.end("data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"length\"}]}\n\ndata: [DONE]\n\n");
    }
}
