package io.vitrine.server.http;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vitrine.server.api.ApiException;
import io.vitrine.server.api.ApiJson;
import io.vitrine.server.api.ErrorReason;
import io.vitrine.server.config.ServerConfig.HttpConfig;
import io.vitrine.server.history.LoggedRow;
import io.vitrine.server.live.LiveFeed;
import io.vitrine.server.live.LiveFeed.Batch;
import io.vitrine.server.live.LiveFeed.LiveEvent;
import io.vitrine.server.live.LivePosition;
import io.vitrine.server.live.LiveServer;
import io.vitrine.server.live.LiveTopic;
import io.vitrine.server.search.SearchException;
import io.vitrine.server.search.SearchKey.Corpus;
import io.vitrine.server.search.SearchQuery;
import org.jspecify.annotations.Nullable;

/**
 * Live events as server-sent events. A stream reads on from the feed while its client takes what is written, and not otherwise: it holds
 * nothing, and a client that was too slow learns how many events it lost. On the management port's event loop.
 */
final class LiveRoutes {

    static final String PATH = "/api/live";

    private static final long READ_MILLIS = 100;
    private static final long TICK_MILLIS = 1_000;
    private static final int EVENTS_AT_ONCE = 500;
    private static final int WRITE_BYTES = 256 * 1024;
    private static final int RECHECK_READS = 50;
    private static final int ALIVE_READS = 150;
    private static final String ALIVE = ": alive\n\n";
    private static final int LONGEST_QUERY = 1_000;

    private final Vertx vertx;
    private final LiveServer live;
    private final ManagementAccess access;
    private final HttpConfig http;
    private final int mostStreams;
    private int streams;
    private boolean ticking;

    LiveRoutes(Vertx vertx, LiveServer live, ManagementAccess access, HttpConfig http, int mostStreams) {
        this.vertx = vertx;
        this.live = live;
        this.access = access;
        this.http = http;
        this.mostStreams = mostStreams;
    }

    void addTo(Router router) {
        router.get(PATH).handler(this::stream);
        router.route("/api/overview")
                .method(HttpMethod.GET)
                .method(HttpMethod.HEAD)
                .handler(context -> {
                    new QueryParams(context.queryParams()).done();
                    var history = live.overview().latest();
                    Responses.json(
                            context.response(),
                            200,
                            Map.of(
                                    "now",
                                    history.isEmpty() ? Map.of() : history.get(history.size() - 1),
                                    "history",
                                    history));
                });
        vertx.setPeriodic(TICK_MILLIS, timer -> tick());
    }

    /** A reading that takes longer than a second is not followed by those that it delayed. */
    private void tick() {
        if (ticking) {
            return;
        }
        ticking = true;
        vertx.executeBlocking(
                        () -> {
                            live.tick();
                            return true;
                        },
                        false)
                .onComplete(done -> ticking = false);
    }

    private void stream(RoutingContext context) {
        QueryParams params = new QueryParams(context.queryParams());
        Set<LiveTopic> topics = topics(params.required("topics"));
        String text = params.longText("q", LONGEST_QUERY);
        String asked = params.text("last_event_id");
        params.done();
        String last = context.request().getHeader("last-event-id");
        SearchQuery query;
        try {
            query = SearchQuery.parse(text, Corpus.LOGS);
        } catch (SearchException mistake) {
            Questions.fail(context, mistake);
            return;
        }
        ConsoleAccess reader = ConsoleAccess.of(context);
        if (reader.ownTenant().isPresent() && !topics.stream().allMatch(LiveTopic::ofTenants)) {
            throw new ApiException(
                    ErrorReason.PERMISSION_DENIED,
                    "this key follows the topics requests and logs alone",
                    "topics",
                    "tenant_scope");
        }
        if (streams >= mostStreams) {
            throw new ApiException(
                    ErrorReason.QUEUE_FULL, "there are " + mostStreams + " live streams already (console.max-streams)");
        }
        new Stream(context, topics, wanted(reader, query), last == null ? asked : last).begin();
    }

    private static Set<LiveTopic> topics(String text) {
        Set<LiveTopic> topics = EnumSet.noneOf(LiveTopic.class);
        for (String label : text.split(",", -1)) {
            topics.add(LiveTopic.ofLabel(label.strip())
                    .orElseThrow(() -> ApiException.invalid(
                            "topics",
                            "topics are of " + String.join(", ", LiveTopic.labels()) + ": " + Questions.cut(label))));
        }
        return topics;
    }

    private static Predicate<LiveEvent> wanted(ConsoleAccess reader, SearchQuery query) {
        return event -> reader.sees(event.tenantId())
                && (!event.topic().ofTenants() || !(event.content() instanceof LoggedRow row) || query.matches(row));
    }

    /** One client. */
    private final class Stream {

        private final RoutingContext context;
        private final HttpServerResponse response;
        private final Set<LiveTopic> topics;
        private final Predicate<LiveEvent> wanted;
        private final @Nullable String lastEventId;
        private LivePosition position;
        private long timer;
        private int reads;
        private int stalledReads;
        private boolean ended;

        private Stream(
                RoutingContext context,
                Set<LiveTopic> topics,
                Predicate<LiveEvent> wanted,
                @Nullable String lastEventId) {
            this.context = context;
            this.response = context.response();
            this.topics = topics;
            this.wanted = wanted;
            this.lastEventId = lastEventId;
            this.position = live.feed().end();
        }

        private void begin() {
            streams++;
            response.closeHandler(closed -> end());
            response.exceptionHandler(failure -> end());
            response.setStatusCode(200)
                    .setChunked(true)
                    .setWriteQueueMaxSize(WRITE_BYTES)
                    .putHeader(HttpHeaders.CONTENT_TYPE, "text/event-stream; charset=utf-8")
                    .putHeader(HttpHeaders.CACHE_CONTROL, "no-store")
                    .putHeader("x-accel-buffering", "no")
                    .putHeader("x-content-type-options", "nosniff");
            LiveFeed feed = live.feed();
            Buffer first = Buffer.buffer();
            write(
                    first,
                    "hello",
                    null,
                    Map.of("boot", feed.boot(), "now", Instant.now().toString()));
            if (lastEventId != null) {
                feed.after(lastEventId)
                        .ifPresentOrElse(
                                found -> position = found,
                                // Of a server before this one: what it did meanwhile is not known.
                                () -> write(first, "dropped", null, Map.of("count", -1, "reason", "restarted")));
            }
            response.write(first);
            // A client that has closed its side is found by writing alone.
            ConnectionGuard.probeWith(context.request(), () -> response.write(ALIVE));
            timer = vertx.setPeriodic(READ_MILLIS, tick -> read());
            read();
        }

        private void read() {
            reads++;
            if (reads % RECHECK_READS == 0 && !access.isStillAllowed(context)) {
                end();
                response.end();
                return;
            }
            if (response.writeQueueFull()) {
                stalledReads++;
                if (stalledReads * READ_MILLIS > http.streamStallTimeout().toMillis()) {
                    end();
                    context.request().connection().close();
                }
                return;
            }
            stalledReads = 0;
            Batch batch = live.feed().read(position, topics, wanted, EVENTS_AT_ONCE);
            Buffer out = Buffer.buffer();
            if (batch.lost() > 0) {
                write(out, "dropped", null, Map.of("count", batch.lost(), "reason", "slow"));
            }
            for (int i = 0; i < batch.events().size(); i++) {
                LiveEvent event = batch.events().get(i);
                write(out, event.topic().label(), batch.ids().get(i), LiveServer.shown(event));
            }
            if (out.length() == 0 && reads % ALIVE_READS == 0) {
                out.appendString(ALIVE);
            }
            if (out.length() > 0) {
                response.write(out);
            }
        }

        /** JSON has no line ends of its own: one event is one line. */
        private void write(Buffer out, String name, @Nullable String id, Object body) {
            if (id != null) {
                out.appendString("id: ").appendString(id).appendString("\n");
            }
            out.appendString("event: ")
                    .appendString(name)
                    .appendString("\ndata: ")
                    .appendBytes(ApiJson.write(body))
                    .appendBytes("\n\n".getBytes(StandardCharsets.US_ASCII));
        }

        private void end() {
            if (!ended) {
                ended = true;
                streams--;
                vertx.cancelTimer(timer);
            }
        }
    }
}
