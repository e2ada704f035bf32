package io.vitrine.server.http;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;

import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vitrine.observability.MeterReading;
import io.vitrine.observability.Telemetry;
import io.vitrine.server.api.ApiException;
import io.vitrine.server.api.ErrorReason;

/** Readings of meters now, runbooks, and what telemetry there is, on the management port. */
final class ServerFactsRoutes {

    private static final String RUNBOOKS = "/io/vitrine/server/runbooks/";
    private static final int MOST_NAMES = 64;
    private static final int LONGEST_NAMES = 4_000;
    private static final int MOST_READINGS = 5_000;

    private final Vertx vertx;
    private final Telemetry telemetry;
    private final ConsoleParts console;

    ServerFactsRoutes(Vertx vertx, Telemetry telemetry, ConsoleParts console) {
        this.vertx = vertx;
        this.telemetry = telemetry;
        this.console = console;
    }

    void addTo(Router router) {
        get(router, "/api/meters", this::meters);
        get(router, "/api/runbooks/:name", this::runbook);
        get(router, "/api/telemetry/catalogue", context -> {
            new QueryParams(context.queryParams()).done();
            send(context, "application/json", console.catalogue().get().getBytes(StandardCharsets.UTF_8));
        });
        get(router, "/api/telemetry/store", context -> {
            new QueryParams(context.queryParams()).done();
            answer(context, console.storage());
        });
    }

    private static void get(Router router, String path, Handler<RoutingContext> handler) {
        router.route(path).method(HttpMethod.GET).method(HttpMethod.HEAD).handler(handler);
    }

    private void meters(RoutingContext context) {
        QueryParams params = new QueryParams(context.queryParams());
        List<String> names = Arrays.stream(
                        params.longText("names", LONGEST_NAMES).split(",", -1))
                .map(String::strip)
                .filter(name -> !name.isEmpty())
                .toList();
        params.done();
        if (names.isEmpty() || names.size() > MOST_NAMES) {
            throw ApiException.invalid("names", "names must be from 1 to " + MOST_NAMES + " names of meters");
        }
        answer(context, () -> Map.of("readings", readings(names)));
    }

    private List<MeterReading> readings(List<String> names) {
        return telemetry.readings().stream()
                .filter(reading -> names.stream().anyMatch(name -> fits(reading.name(), name)))
                .limit(MOST_READINGS)
                .toList();
    }

    private static boolean fits(String meter, String name) {
        return name.endsWith("*") ? meter.startsWith(name.substring(0, name.length() - 1)) : meter.equals(name);
    }

    private void runbook(RoutingContext context) {
        String name = context.pathParam("name");
        if (!name.matches("[a-z0-9-]{1,80}")) {
            throw notFound();
        }
        vertx.executeBlocking(() -> runbook(name), false)
                .onSuccess(page -> page.ifPresentOrElse(
                        content -> send(context, "text/markdown; charset=utf-8", content),
                        () -> context.fail(notFound())))
                .onFailure(context::fail);
    }

    /** From this jar, or from the folder that messages refer to where it is on this machine. */
    private Optional<byte[]> runbook(String name) throws IOException {
        try (InputStream in = ServerFactsRoutes.class.getResourceAsStream(RUNBOOKS + name + ".md")) {
            if (in != null) {
                return Optional.of(in.readAllBytes());
            }
        }
        String folder = console.runbookUrl();
        if (folder.contains("://")) {
            return Optional.empty();
        }
        Path file = Path.of(folder).resolve(name + ".md");
        return Files.isRegularFile(file) ? Optional.of(Files.readAllBytes(file)) : Optional.empty();
    }

    private static ApiException notFound() {
        return new ApiException(ErrorReason.NOT_FOUND, "there is no runbook of this name");
    }

    private void answer(RoutingContext context, Callable<Object> what) {
        vertx.executeBlocking(what, false)
                .onSuccess(body -> Responses.json(context.response(), 200, body))
                .onFailure(context::fail);
    }

    private static void send(RoutingContext context, String type, byte[] content) {
        if (!context.response().ended() && !context.response().closed()) {
            context.response()
                    .putHeader(HttpHeaders.CONTENT_TYPE, type)
                    .putHeader("x-content-type-options", "nosniff")
                    .end(Buffer.buffer(content));
        }
    }
}
