package io.vitrine.loadtest.truth;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.locks.LockSupport;

import com.fasterxml.jackson.databind.JsonNode;
import io.vitrine.loadtest.measure.Outcome;
import io.vitrine.loadtest.measure.Percentiles;
import io.vitrine.loadtest.measure.RequestRecord;
import io.vitrine.loadtest.measure.RunLog;
import io.vitrine.loadtest.report.Report.Agreement;
import io.vitrine.loadtest.report.Report.Truth;
import io.vitrine.loadtest.report.Report.TruthLine;

/** Compares a Vitrine server's telemetry before and after a run with the run. No one else may use the server meanwhile. */
public final class TelemetryTruth {

    private static final long PAUSE_NANOS = 200_000_000;
    private static final Duration CLOCK_SKEW = Duration.ofMinutes(1);
    private static final int TRACES_ASKED = 50;
    /** A client's time has the network and both kernels on top of the server's. */
    private static final double NETWORK_SECONDS = 0.02;

    private static final double NETWORK_SHARE = 0.1;

    private final Management management;
    private final Instant began;
    private final Scrape before;
    private final Optional<Management.LedgerSum> ledgerBefore;
    private final List<TruthLine> lines = new ArrayList<>();

    private TelemetryTruth(Management management) throws IOException {
        this.management = management;
        this.began = Instant.now();
        this.before = management.metrics();
        this.ledgerBefore = management.ledger();
    }

    /** Reads the server's telemetry before the run. */
    public static TelemetryTruth begin(URI management) throws IOException {
        return new TelemetryTruth(new Management(management));
    }

    /**
     * Waits until the server has recorded everything, and compares.
     *
     * @param path of the API that was used
     * @param idPrefix of the run's request ids
     * @param longestSettling how long the server may take to record its last requests
     */
    public Truth compare(List<RunLog> logs, String path, String idPrefix, Duration longestSettling) throws IOException {
        List<RequestRecord> sent = logs.stream()
                .flatMap(log -> log.records().stream())
                .filter(record -> record.sentNanos() != RequestRecord.NEVER)
                .toList();
        Map<String, JsonNode> serverLog =
                settle(sent.size(), path, idPrefix, Instant.now().plus(longestSettling));
        Scrape after = management.metrics();
        counters(sent, after, path);
        histograms(sent, after);
        log(sent, serverLog);
        spans(sent);
        ledger(sent);
        boolean agrees = lines.stream().noneMatch(line -> line.agreement() == Agreement.DIFFERS);
        return new Truth(agrees, List.copyOf(lines));
    }

    /** The server's last log event of each request of the run; waits until all are stored or the time is over. */
    private Map<String, JsonNode> settle(int expected, String path, String idPrefix, Instant end) throws IOException {
        while (true) {
            Scrape now = management.metrics();
            Map<String, JsonNode> events = events(idPrefix);
            boolean settled = now.sum(Names.ACTIVE) == 0
                    && requests(now, path) - requests(before, path) >= expected
                    && events.size() >= expected;
            if (settled || Instant.now().isAfter(end)) {
                return events;
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    private Map<String, JsonNode> events(String idPrefix) throws IOException {
        Map<String, JsonNode> events = new HashMap<>();
        Instant from = began.minus(CLOCK_SKEW);
        for (JsonNode line :
                management.logs(Names.COMPLETED_EVENT, from, Instant.now().plus(CLOCK_SKEW))) {
            String id = line.path("request_id").asText();
            if (id.startsWith(idPrefix)) {
                events.put(id, line.path("fields"));
            }
        }
        return events;
    }

    private static double requests(Scrape scrape, String path) {
        return scrape.sum(Names.REQUESTS, route(path));
    }

    private static String route(String path) {
        return "route=\"" + path + "\"";
    }

    private void counters(List<RequestRecord> sent, Scrape after, String path) {
        exact("counters", "requests", sent.size(), Math.round(requests(after, path) - requests(before, path)));
        Map<Outcome, Long> server = new EnumMap<>(Outcome.class);
        for (Outcome outcome : Outcome.values()) {
            String label = "outcome=\"" + name(outcome) + "\"";
            double change =
                    after.sum(Names.REQUESTS, route(path), label) - before.sum(Names.REQUESTS, route(path), label);
            server.put(outcome, Math.round(change));
        }
        exact("counters", "refused", count(sent, Outcome.REFUSED), server.getOrDefault(Outcome.REFUSED, 0L));
        exact("counters", "failed", serverFailures(sent), server.getOrDefault(Outcome.FAILED, 0L));
        exact("counters", "timed out", serverTimeouts(sent), server.getOrDefault(Outcome.TIMED_OUT, 0L));
        long completed = server.getOrDefault(Outcome.COMPLETED, 0L);
        long cancelled = server.getOrDefault(Outcome.CANCELLED, 0L);
        raced("counters", count(sent, Outcome.COMPLETED), left(sent), completed, cancelled);
        long output = Math.round(after.sum(Names.OUTPUT_TOKENS) - before.sum(Names.OUTPUT_TOKENS));
        long input = Math.round(after.sum(Names.INPUT_TOKENS) - before.sum(Names.INPUT_TOKENS));
        if (left(sent) == 0 && serverFailures(sent) + serverTimeouts(sent) == 0) {
            exact("counters", "output tokens", outputTokens(sent), output);
            exact("counters", "input tokens", inputTokens(sent), input);
        } else {
            notCompared("counters", "tokens", "the client does not see all tokens of requests that end early");
        }
    }

    /** Requests that the client left: the server may have completed some before it saw that. */
    private void raced(String signal, long completed, long left, long serverCompleted, long serverCancelled) {
        boolean same = serverCompleted + serverCancelled == completed + left
                && serverCompleted >= completed
                && serverCancelled <= left;
        String had = serverCompleted > completed && same
                ? " (" + (serverCompleted - completed) + " complete as their client left)"
                : "";
        add(
                signal,
                "completed, cancelled",
                completed + ", " + left,
                serverCompleted + ", " + serverCancelled + had,
                same);
    }

    private void histograms(List<RequestRecord> sent, Scrape after) {
        long answered = Math.round(after.sum(Names.DURATION + "_count") - before.sum(Names.DURATION + "_count"));
        long completed = count(sent, Outcome.COMPLETED);
        boolean inRange = answered >= completed && answered <= completed + left(sent);
        add("histograms", "requests answered in full", Long.toString(completed), Long.toString(answered), inRange);
        quantile("time to first token p50", after, Names.FIRST_TOKEN, sorted(sent, true));
        quantile("request duration p50", after, Names.DURATION, sorted(sent, false));
    }

    /** The client's median must lie in the server's bucket, or above it by no more than the network explains. */
    private void quantile(String quantity, Scrape after, String name, double[] clientSeconds) {
        Scrape.Range bucket = Scrape.quantile(before, after, name, 0.5);
        if (clientSeconds.length < Percentiles.floor(0.5) || bucket.low().isEmpty()) {
            notCompared("histograms", quantity, "too few requests");
            return;
        }
        double client = Percentiles.nearestRank(clientSeconds, 0.5);
        double low = bucket.low().getAsDouble();
        double high = bucket.high().getAsDouble();
        boolean same = client >= low && client <= high * (1 + NETWORK_SHARE) + NETWORK_SECONDS;
        add("histograms", quantity, millis(client), millis(low) + " to " + millis(high), same);
    }

    private static double[] sorted(List<RequestRecord> sent, boolean firstToken) {
        return sent.stream()
                .filter(RequestRecord::completed)
                .map(record -> firstToken ? record.ttft() : record.e2e())
                .filter(OptionalLong::isPresent)
                .mapToDouble(nanos -> nanos.getAsLong() / 1e9)
                .sorted()
                .toArray();
    }

    private void log(List<RequestRecord> sent, Map<String, JsonNode> serverLog) {
        exact("logs", "last events of requests", sent.size(), serverLog.size());
        long outcomes = 0;
        long tokens = 0;
        long times = 0;
        for (RequestRecord record : sent) {
            JsonNode event = serverLog.get(record.requestId());
            if (event != null && record.completed()) {
                outcomes += event.path("outcome").asText().equals("completed") ? 0 : 1;
                boolean same = event.path("output_tokens").asLong() == record.outputTokens()
                        && event.path("input_tokens").asLong() == record.promptTokens();
                tokens += same ? 0 : 1;
                times += event.path("duration_ms").asDouble() / 1e3
                                <= record.e2e().orElse(0) / 1e9 + NETWORK_SECONDS
                        ? 0
                        : 1;
            }
        }
        exact("logs", "completed with another outcome", 0, outcomes);
        exact("logs", "completed with other tokens", 0, tokens);
        exact("logs", "longer than the client saw", 0, times);
    }

    private void spans(List<RequestRecord> sent) throws IOException {
        List<RequestRecord> completed =
                sent.stream().filter(RequestRecord::completed).toList();
        int step = Math.max(1, completed.size() / TRACES_ASKED);
        int traces = 0;
        int tokens = 0;
        int times = 0;
        for (int index = 0; index < completed.size(); index += step) {
            RequestRecord record = completed.get(index);
            JsonNode root = management
                    .request(record.requestId())
                    .map(story -> story.path("trace").path("roots").path(0))
                    .filter(span -> span.path("name").asText().equals(Names.ROOT_SPAN))
                    .orElse(null);
            if (root != null) {
                traces++;
                double client = record.e2e().orElse(0) / 1e9;
                double server = root.path("duration_ms").asDouble() / 1e3;
                times += server <= client + NETWORK_SECONDS ? 0 : 1;
                tokens += attribute(root).orElse(record.outputTokens()) == record.outputTokens() ? 0 : 1;
            }
        }
        if (traces == 0) {
            notCompared("spans", "traces", "the server has sampled none of those asked for");
            return;
        }
        exact("spans", "with other tokens, of " + traces + " traces", 0, tokens);
        exact("spans", "longer than the client saw", 0, times);
    }

    /** The output tokens of a span or of one below it. */
    private static OptionalLong attribute(JsonNode span) {
        JsonNode value = span.path("attributes").path(Names.OUTPUT_TOKENS_ATTRIBUTE);
        if (value.isNumber()) {
            return OptionalLong.of(value.asLong());
        }
        for (JsonNode child : span.path("children")) {
            OptionalLong below = attribute(child);
            if (below.isPresent()) {
                return below;
            }
        }
        return OptionalLong.empty();
    }

    private void ledger(List<RequestRecord> sent) throws IOException {
        Optional<Management.LedgerSum> after = management.ledger();
        if (ledgerBefore.isEmpty() || after.isEmpty()) {
            notCompared("ledger", "entries", "the server has no ledger");
            return;
        }
        Management.LedgerSum change = after.get().minus(ledgerBefore.get());
        long completed = count(sent, Outcome.COMPLETED);
        long most = completed + left(sent) + serverFailures(sent) + serverTimeouts(sent);
        boolean inRange = change.requests() >= completed && change.requests() <= most;
        add(
                "ledger",
                "entries",
                most == completed ? Long.toString(completed) : completed + " to " + most,
                Long.toString(change.requests()),
                inRange);
        if (most == completed) {
            exact("ledger", "output tokens", outputTokens(sent), change.outputTokens());
            exact("ledger", "input tokens", inputTokens(sent), change.inputTokens());
        } else {
            notCompared("ledger", "tokens", "the client does not see all tokens of requests that end early");
        }
    }

    private static long count(List<RequestRecord> sent, Outcome outcome) {
        return sent.stream().filter(record -> record.outcome() == outcome).count();
    }

    /** Requests whose stream the client closed. */
    private static long left(List<RequestRecord> sent) {
        return count(sent, Outcome.CANCELLED)
                + count(sent, Outcome.CUT_OFF)
                + count(sent, Outcome.TIMED_OUT)
                - serverTimeouts(sent);
    }

    private static long serverTimeouts(List<RequestRecord> sent) {
        return sent.stream()
                .filter(record -> record.outcome() == Outcome.TIMED_OUT && !"client_timeout".equals(record.error()))
                .count();
    }

    private static long serverFailures(List<RequestRecord> sent) {
        return count(sent, Outcome.FAILED);
    }

    private static long outputTokens(List<RequestRecord> sent) {
        return sent.stream()
                .filter(RequestRecord::completed)
                .mapToLong(RequestRecord::outputTokens)
                .sum();
    }

    private static long inputTokens(List<RequestRecord> sent) {
        return sent.stream()
                .filter(RequestRecord::completed)
                .mapToLong(RequestRecord::promptTokens)
                .sum();
    }

    private void exact(String signal, String quantity, long client, long server) {
        add(signal, quantity, Long.toString(client), Long.toString(server), client == server);
    }

    private void add(String signal, String quantity, String client, String server, boolean same) {
        lines.add(new TruthLine(signal, quantity, client, server, same ? Agreement.AGREES : Agreement.DIFFERS));
    }

    private void notCompared(String signal, String quantity, String why) {
        lines.add(new TruthLine(signal, quantity, "", why, Agreement.NOT_COMPARED));
    }

    private static String name(Outcome outcome) {
        return outcome.name().toLowerCase(Locale.ROOT);
    }

    private static String millis(double seconds) {
        return String.format(Locale.ROOT, "%.1f ms", 1000 * seconds);
    }
}
