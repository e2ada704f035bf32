package io.vitrine.loadtest.overhead;

import java.io.PrintWriter;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;

/**
 * Takes exports by OTLP over HTTP, counts and discards them. A process of its own, so that what a collector costs is not
 * the server's. Dead, it takes requests and never answers: worse than a refused connection, as the exporter has to wait.
 */
final class Sink {

    /** What stands before the port in the first line of its output. */
    static final String READY = "sink ready on port ";

    static final String DEAD = "/dead";
    static final String ALIVE = "/alive";
    static final String COUNTS = "/counts";

    private final AtomicLong requests = new AtomicLong();
    private final AtomicLong bytes = new AtomicLong();
    private final AtomicBoolean dead = new AtomicBoolean();

    /** Serves until the process is ended. */
    void run(PrintWriter out) {
        Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1).setWorkerPoolSize(1));
        int port = vertx.createHttpServer()
                .requestHandler(this::handle)
                .listen(0, "127.0.0.1")
                .toCompletionStage()
                .toCompletableFuture()
                .join()
                .actualPort();
        out.println(READY + port);
        out.flush();
    }

    private void handle(HttpServerRequest request) {
        switch (request.path()) {
            case DEAD -> {
                dead.set(true);
                request.response().end();
            }
            case ALIVE -> {
                dead.set(false);
                request.response().end();
            }
            case COUNTS ->
                request.response()
                        .end(new JsonObject()
                                .put("requests", requests.get())
                                .put("bytes", bytes.get())
                                .encode());
            default -> {
                request.handler(chunk -> bytes.addAndGet(chunk.length()));
                request.endHandler(end -> answer(request));
            }
        }
    }

    private void answer(HttpServerRequest request) {
        requests.incrementAndGet();
        if (!dead.get()) {
            // An empty message: everything was accepted.
            request.response()
                    .putHeader("content-type", "application/x-protobuf")
                    .end(Buffer.buffer());
        }
    }
}
