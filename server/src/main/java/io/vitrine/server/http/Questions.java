package io.vitrine.server.http;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.RoutingContext;
import io.vitrine.server.api.ApiException;
import io.vitrine.server.api.CsvText;
import io.vitrine.server.api.ErrorReason;
import io.vitrine.server.history.TelemetryHistory;
import io.vitrine.server.search.SearchException;
import io.vitrine.store.StoreException;
import io.vitrine.store.StoreException.Reason;

/** Asks stored telemetry on two workers; of those who wait for a worker there are only so many. */
final class Questions {

    private static final int WORKERS = 2;
    private static final int MOST_WAITING = 32;
    /** The store ends a question sooner; this only keeps Vert.x from warning of it. */
    private static final long LONGEST_MINUTES = 15;

    private static final List<String> FORMATS = List.of("json", "csv");

    private final Optional<TelemetryHistory> history;
    private final WorkerExecutor workers;
    private final AtomicInteger asked = new AtomicInteger();

    /** @param history absent if nothing is stored */
    Questions(Vertx vertx, Optional<TelemetryHistory> history) {
        this.history = history;
        this.workers = vertx.createSharedWorkerExecutor("vitrine-history", WORKERS, LONGEST_MINUTES, TimeUnit.MINUTES);
    }

    /** A question to what is stored. */
    @FunctionalInterface
    interface Question<T> {
        T ask(TelemetryHistory history) throws Exception;
    }

    /** Answers with JSON. */
    void json(RoutingContext context, Question<?> question) {
        run(context, () -> question.ask(stored()), body -> Responses.json(context.response(), 200, body));
    }

    /** Answers with JSON, or with a list of it as CSV, as the parameter {@code format} says. */
    <T> void table(RoutingContext context, QueryParams params, Question<T> question, Rows<T> rows) {
        boolean csv = "csv".equals(params.oneOf("format", FORMATS));
        params.done();
        if (csv) {
            run(context, () -> CsvText.of(rows.of(question.ask(stored()))), text -> csv(context, text));
        } else {
            json(context, question);
        }
    }

    /** The rows of an answer. */
    @FunctionalInterface
    interface Rows<T> {
        List<?> of(T answer);
    }

    /** Answers with a file. */
    void file(RoutingContext context, String name, String type, Question<byte[]> question) {
        run(context, () -> question.ask(stored()), content -> {
            if (!context.response().ended() && !context.response().closed()) {
                context.response()
                        .putHeader(HttpHeaders.CONTENT_TYPE, type)
                        .putHeader("content-disposition", "attachment; filename=\"" + name + '"')
                        .putHeader("x-content-type-options", "nosniff")
                        .end(Buffer.buffer(content));
            }
        });
    }

    private static void csv(RoutingContext context, String text) {
        if (!context.response().ended() && !context.response().closed()) {
            context.response()
                    .putHeader(HttpHeaders.CONTENT_TYPE, "text/csv; charset=utf-8")
                    .putHeader("x-content-type-options", "nosniff")
                    .end(text);
        }
    }

    private <T> void run(RoutingContext context, Callable<T> question, Consumer<T> answer) {
        if (asked.incrementAndGet() > MOST_WAITING) {
            asked.decrementAndGet();
            throw new ApiException(
                    ErrorReason.QUEUE_FULL, "there are " + MOST_WAITING + " questions already; ask again later");
        }
        workers.executeBlocking(() -> ask(question), false)
                .onComplete(done -> asked.decrementAndGet())
                .onSuccess(answer::accept)
                .onFailure(failure -> fail(context, failure));
    }

    /** A mistake in a search is shown with its position. */
    static void fail(RoutingContext context, Throwable failure) {
        if (failure instanceof SearchException mistake) {
            Responses.json(
                    context.response(),
                    400,
                    Map.of(
                            "error",
                            Map.of(
                                    "message", String.valueOf(mistake.getMessage()),
                                    "type", "invalid_request_error",
                                    "code", "invalid_query",
                                    "param", "q",
                                    "position", mistake.position(),
                                    "length", mistake.length(),
                                    "expected", mistake.expected())));
        } else {
            context.fail(failure);
        }
    }

    private TelemetryHistory stored() {
        return history.orElseThrow(
                () -> new ApiException(ErrorReason.NOT_FOUND, "telemetry is not stored (store.enabled)"));
    }

    static <T> T found(Optional<T> answer, String what, String id) {
        return answer.orElseThrow(
                () -> new ApiException(ErrorReason.NOT_FOUND, "nothing is stored of the " + what + " " + cut(id)));
    }

    static String cut(String text) {
        return text.length() > 64 ? text.substring(0, 64) + "…" : text;
    }

    /** A mistake in the query is reported in full; a failure inside in few words. */
    private static <T> T ask(Callable<T> question) throws Exception {
        try {
            return question.call();
        } catch (IllegalArgumentException e) {
            throw ApiException.invalid("q", String.valueOf(e.getMessage()));
        } catch (StoreException e) {
            if (e.reason() == Reason.TOO_SLOW) {
                throw new ApiException(ErrorReason.DEADLINE_EXCEEDED, String.valueOf(e.getMessage()));
            }
            throw e;
        }
    }
}
