package io.vitrine.loadtest;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.stream.Stream;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vitrine.loadtest.client.DriverOptions;
import io.vitrine.loadtest.client.RequestBodies;
import io.vitrine.loadtest.measure.Durations;
import io.vitrine.loadtest.measure.Objectives;
import io.vitrine.loadtest.workload.Arrivals;
import io.vitrine.loadtest.workload.Lengths;
import io.vitrine.loadtest.workload.Plan;
import io.vitrine.loadtest.workload.RateProfile;
import io.vitrine.loadtest.workload.RequestSource;
import io.vitrine.loadtest.workload.SyntheticRequests;
import io.vitrine.loadtest.workload.Trace;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What is to be sent where, as the command line says it. */
final class LoadOptions {

    private static final int MOST_ARRIVALS = 5_000_000;
    private static final double DEFAULT_SECONDS = 30;

    @Option(names = "--url", paramLabel = "URL", description = "The server, such as http://localhost:8080.")
    private @Nullable URI url;

    @Option(names = "--model", paramLabel = "NAME", description = "Model that requests name.")
    private @Nullable String model;

    @Option(
            names = "--api-key",
            paramLabel = "KEY",
            description = "Bearer token (default: the variable OPENAI_API_KEY, if set).")
    private @Nullable String key;

    @Option(names = "--api", defaultValue = "chat", description = "chat or completions (default: chat).")
    private Api api = Api.CHAT;

    @Option(
            names = "--no-stream",
            negatable = true,
            defaultValue = "true",
            fallbackValue = "true",
            description = "Asks for whole answers, which have no time to first token.")
    private boolean stream = true;

    @Option(
            names = "--no-extensions",
            negatable = true,
            defaultValue = "true",
            fallbackValue = "true",
            description = "Leaves out what OpenAI's API does not have: ignore_eos and token counts in every chunk.")
    private boolean extensions = true;

    @Option(
            names = "--body",
            paramLabel = "JSON",
            description = "Fields to add to every request, such as '{\"temperature\": 0}'.")
    private String body = "{}";

    @Option(
            names = "--concurrency",
            paramLabel = "N",
            description = "Closed loop: as many requests at once (default: 1).")
    private @Nullable Integer concurrency;

    @Option(names = "--rate", paramLabel = "R", description = "Open loop: requests per second.")
    private @Nullable Double rate;

    @Option(
            names = "--profile",
            paramLabel = "P",
            description = "Open loop whose rate changes: ramp:2-20, step:2,4,8 or spike:2,20.")
    private @Nullable String profile;

    @Option(
            names = "--arrivals",
            defaultValue = "poisson",
            description = "poisson, constant or gamma (default: poisson).")
    private Arrivals.Gaps arrivals = Arrivals.Gaps.POISSON;

    @Option(
            names = "--gamma-shape",
            paramLabel = "K",
            defaultValue = "0.5",
            description = "Shape of gamma arrivals; below 1 is burstier than Poisson (default: 0.5).")
    private double gammaShape = 0.5;

    @Option(
            names = "--replay",
            paramLabel = "FILE",
            description = "Replays a trace: .csv or .jsonl with times and lengths, among them './vitrine costs --export"
                    + " FILE.csv'.")
    private @Nullable Path replay;

    @Option(
            names = "--speed",
            paramLabel = "X",
            defaultValue = "1",
            description = "Replays that many times as fast (default: 1).")
    private double speed = 1;

    @Option(
            names = "--sweep",
            description = "Rates up to the knee: capacity by a closed loop, then open loops at shares of it, each for"
                    + " --duration.")
    private boolean sweep;

    @Option(
            names = "--sweep-shares",
            paramLabel = "S",
            split = ",",
            defaultValue = "0.25,0.5,0.7,0.8,0.9,1.0,1.1",
            description = "Shares of the capacity that a sweep tries (default: ${DEFAULT-VALUE}).")
    private List<Double> shares = new ArrayList<>();

    @Option(
            names = "--requests",
            paramLabel = "N",
            description = "Conversations at most; with a rate and no duration, exactly so many.")
    private @Nullable Integer requests;

    @Option(
            names = "--duration",
            paramLabel = "TIME",
            description = "How long requests are sent, such as 30s or 2m (default: 30s if there is no --requests).")
    private @Nullable String duration;

    @Option(
            names = "--warm-up",
            paramLabel = "N|TIME",
            defaultValue = "0",
            description = "First requests (5), or those of the first seconds (5s), that are not measured (default: 0).")
    private String warmUp = "0";

    @Option(
            names = "--drain",
            paramLabel = "TIME",
            defaultValue = "60s",
            description = "How long running requests may go on after the last one is sent (default: 60s).")
    private String drain = "60s";

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            defaultValue = "10m",
            description = "Longest time of a request (default: 10m).")
    private String timeout = "10m";

    @Option(
            names = "--max-in-flight",
            paramLabel = "N",
            description = "Holds requests of an open loop back in the client; their wait counts.")
    private @Nullable Integer maxInFlight;

    @Option(
            names = "--input-tokens",
            paramLabel = "L",
            defaultValue = "128",
            description = "Prompt length: 128, 64-256, normal:MEAN:SD or lognormal:MEAN:SD (default: 128).")
    private String inputTokens = "128";

    @Option(
            names = "--output-tokens",
            paramLabel = "L",
            defaultValue = "64",
            description = "Answer length, likewise (default: 64).")
    private String outputTokens = "64";

    @Option(
            names = "--prefix-groups",
            paramLabel = "N",
            defaultValue = "0",
            description = "Groups of requests whose prompts begin alike (default: 0).")
    private int prefixGroups;

    @Option(
            names = "--prefix-tokens",
            paramLabel = "N",
            defaultValue = "64",
            description = "Length of such a beginning, part of --input-tokens (default: 64).")
    private int prefixTokens = 64;

    @Option(
            names = "--turns",
            paramLabel = "N",
            defaultValue = "1",
            description = "Requests of a conversation, each with all that was said before (default: 1).")
    private int turns = 1;

    @Option(
            names = "--think-time",
            paramLabel = "TIME",
            defaultValue = "0s",
            description = "Between an answer and the next turn (default: 0s).")
    private String thinkTime = "0s";

    @Option(
            names = "--cancel",
            paramLabel = "SHARE",
            defaultValue = "0",
            description = "Share of requests whose client leaves early, 0 to 1 (default: 0).")
    private double cancelShare;

    @Option(
            names = "--prompts",
            paramLabel = "FILE",
            description = "Prompts to draw from: one a line, or JSON lines with a prompt.")
    private @Nullable Path prompts;

    @Option(
            names = "--seed",
            paramLabel = "N",
            description = "Seed of the plan; the same seed sends the same bytes (default: a new one, which is shown).")
    private @Nullable Long seed;

    @Option(
            names = "--loops",
            paramLabel = "N",
            defaultValue = "1",
            description = "Event loops of the client (default: 1).")
    private int loops = 1;

    @Option(
            names = "--slo",
            paramLabel = "O",
            description = "Objectives of a good request, from the intended time: ttft=500ms,tpot=50ms,e2e=5s,gap=1s.")
    private @Nullable String slo;

    /** Which of the two APIs. */
    enum Api {
        CHAT,
        COMPLETIONS
    }

    /** Refuses options that contradict each other, and what is read only after the run. */
    void check() {
        objectives();
        bodies();
        driver("");
        long ways = Stream.of(concurrency != null && !sweep, rate != null, profile != null, replay != null, sweep)
                .filter(given -> given)
                .count();
        if (ways > 1) {
            throw new IllegalArgumentException(
                    "one of --concurrency, --rate, --profile, --replay and --sweep says what the load is, not several");
        }
        String scheme = url().getScheme();
        if (url().getHost() == null || !("http".equals(scheme) || "https".equals(scheme))) {
            throw new IllegalArgumentException("--url must be http://HOST[:PORT] or https://…: " + url);
        }
        if (requests != null && requests < 1) {
            throw new IllegalArgumentException("--requests must be >= 1: " + requests);
        }
        if (maxInFlight != null && maxInFlight < 1) {
            throw new IllegalArgumentException("--max-in-flight must be >= 1: " + maxInFlight);
        }
        if (rate != null && !(rate > 0)) {
            throw new IllegalArgumentException("--rate must be > 0 requests/s: " + rate);
        }
        if (shares.isEmpty() || shares.stream().anyMatch(share -> !(share > 0 && share <= 10))) {
            throw new IllegalArgumentException("--sweep-shares must be above 0 and at most 10: " + shares);
        }
        if (turns > 1 && replay != null) {
            throw new IllegalArgumentException("a replay has no --turns");
        }
    }

    /** Not "required" for picocli: compare, a subcommand, does without. */
    URI url() {
        return required("--url", url);
    }

    String model() {
        return required("--model", model);
    }

    private static <T> T required(String name, @Nullable T value) {
        if (value == null) {
            throw new IllegalArgumentException(name + " is missing");
        }
        return value;
    }

    @Nullable
    String key() {
        return key != null ? key : System.getenv("OPENAI_API_KEY");
    }

    int loops() {
        return loops;
    }

    boolean sweep() {
        return sweep;
    }

    List<Double> shares() {
        return shares.stream().sorted().toList();
    }

    boolean limitsInFlight() {
        return maxInFlight != null;
    }

    Objectives objectives() {
        return slo == null ? Objectives.NONE : Objectives.parse(slo);
    }

    /** The given seed; else a fresh one, so that no prefix cache of an earlier run helps. */
    long seedOr(long fresh) {
        return seed == null ? fresh : seed;
    }

    RequestBodies bodies() {
        return new RequestBodies(model(), api == Api.CHAT, stream, extensions, extraFields());
    }

    private ObjectNode extraFields() {
        try {
            JsonNode extra = new ObjectMapper().readTree(body);
            if (extra instanceof ObjectNode fields) {
                return fields;
            }
        } catch (JsonProcessingException e) {
            // Refused below, as anything else that is no object.
        }
        throw new IllegalArgumentException("--body must be a JSON object: " + body);
    }

    DriverOptions driver(String idPrefix) {
        boolean count = warmUp.matches("\\d{1,9}");
        return new DriverOptions(
                count ? Integer.parseInt(warmUp) : 0,
                count ? 0 : Durations.nanos(warmUp),
                maxInFlight == null ? Integer.MAX_VALUE : maxInFlight,
                Durations.nanos(timeout),
                Durations.nanos(drain),
                idPrefix);
    }

    /** The load in words. */
    String words() {
        if (sweep) {
            return "sweep to the knee";
        }
        if (replay != null) {
            return "replay of " + replay.getFileName() + (speed == 1 ? "" : " at speed " + speed);
        }
        if (profile != null) {
            return profile + " requests/s, " + process();
        }
        if (rate != null) {
            return rate + " requests/s, " + process();
        }
        return "closed loop, concurrency " + lanes();
    }

    private String process() {
        return arrivals.name().toLowerCase(Locale.ROOT)
                + (arrivals == Arrivals.Gaps.GAMMA ? " of shape " + gammaShape : "");
    }

    @Nullable
    Double offeredRate() {
        return rate;
    }

    @Nullable
    Integer lanesOrNull() {
        return rate == null && profile == null && replay == null ? (Integer) lanes() : null;
    }

    private int lanes() {
        return concurrency == null ? 1 : concurrency;
    }

    double seconds() {
        return duration == null ? DEFAULT_SECONDS : Durations.nanos(duration) / 1e9;
    }

    /** The plan of a run that is no sweep. */
    Plan plan(long planSeed) throws IOException {
        if (replay != null) {
            double seconds = duration == null ? Double.POSITIVE_INFINITY : seconds();
            return Trace.read(replay, planSeed, speed).plan(requests == null ? MOST_ARRIVALS : requests, seconds);
        }
        if (profile != null) {
            return open(RateProfile.parse(profile, seconds()), planSeed, false);
        }
        if (rate != null) {
            return open(RateProfile.constant(rate, secondsAt(rate)), planSeed, true);
        }
        return closed(lanes(), planSeed);
    }

    /** Without a duration, as long as the number of requests needs; ten times that is more than any process wants. */
    private double secondsAt(double requestsPerSecond) {
        return duration == null && requests != null ? 10.0 * requests / requestsPerSecond : seconds();
    }

    /** An open loop at a constant rate for the duration; a stage of a sweep. */
    Plan stage(double requestsPerSecond, long stageSeed) throws IOException {
        return open(RateProfile.constant(requestsPerSecond, seconds()), stageSeed, true);
    }

    /** A closed loop for the duration; a sweep finds the capacity with it. */
    Plan saturating(int lanes, long stageSeed) throws IOException {
        Plan.Closed pacing = new Plan.Closed(lanes, Plan.UNLIMITED, OptionalLong.of(Math.round(seconds() * 1e9)));
        return new Plan(pacing, source(stageSeed), Durations.nanos(thinkTime));
    }

    int sweepLanes() {
        return concurrency == null ? 64 : concurrency;
    }

    private Plan open(RateProfile rates, long planSeed, boolean steady) throws IOException {
        Arrivals process = new Arrivals(arrivals, arrivals == Arrivals.Gaps.GAMMA ? gammaShape : 1);
        long[] times = process.schedule(rates, planSeed, requests == null ? MOST_ARRIVALS : requests);
        if (times.length == 0) {
            throw new IllegalArgumentException("no request is due in this time; raise the rate or --duration");
        }
        boolean timed = duration != null || requests == null;
        long end = timed ? Math.round(rates.seconds() * 1e9) : times[times.length - 1] + 1;
        return new Plan(new Plan.Open(times, end, steady), source(planSeed), Durations.nanos(thinkTime));
    }

    private Plan closed(int lanes, long planSeed) throws IOException {
        boolean timed = duration != null || requests == null;
        OptionalLong nanos = timed ? OptionalLong.of(Math.round(seconds() * 1e9)) : OptionalLong.empty();
        int size = requests == null ? Plan.UNLIMITED : requests;
        return new Plan(new Plan.Closed(lanes, size, nanos), source(planSeed), Durations.nanos(thinkTime));
    }

    private RequestSource source(long planSeed) throws IOException {
        return new SyntheticRequests(
                planSeed,
                Lengths.parse(inputTokens),
                Lengths.parse(outputTokens),
                prefixGroups,
                prefixTokens,
                turns,
                cancelShare,
                prompts == null ? List.of() : Trace.readPrompts(prompts));
    }
}
