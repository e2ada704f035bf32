package io.vitrine.loadtest.measure;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;

import io.vitrine.loadtest.measure.Check.Verdict;

/** Whether a run measured the server, and not its own client, its own repetition or its own length. */
public final class Validity {

    static final double MOST_SEND_LAG_MILLIS = 10;
    static final double MOST_SEND_LAG_SHARE = 0.05;
    static final double MOST_LOOP_DELAY_MILLIS = 5;
    static final double MOST_LOOP_DELAY_SHARE = 0.1;
    static final double LONGEST_LOOP_STALL_MILLIS = 50;
    static final double CAUTIOUS_LOOP_BUSY = 0.5;
    static final double MOST_LOOP_BUSY = 0.8;
    static final double MOST_LITTLE_GAP = 0.05;
    static final int LEAST_LITTLE_SAMPLES = 100;
    /** Cached tokens beyond the plan's shared ones that a chat template explains. */
    static final int TEMPLATE_TOKENS = 64;

    static final double MOST_CONTAMINATED = 0.01;
    static final double MOST_DRIFT = 0.1;
    private static final double[] LAG_PERCENTILES = {0.99, 0.95, 0.9};
    private static final int MOST_DRIFT_GROUPS = 20;
    private static final int LEAST_DRIFT_GROUPS = 8;
    private static final int LEAST_IN_GROUP = 5;

    private final RunLog log;
    private final List<RequestRecord> measured;
    private final List<RequestRecord> completed;
    private final boolean limitedInFlight;

    private Validity(RunLog log, boolean limitedInFlight) {
        this.log = log;
        this.measured =
                log.records().stream().filter(record -> !record.warmUp()).toList();
        this.completed = measured.stream().filter(RequestRecord::completed).toList();
        this.limitedInFlight = limitedInFlight;
    }

    /**
     * Checks a run.
     *
     * @param limitedInFlight whether the user had the client hold requests back
     */
    public static List<Check> of(RunLog log, boolean limitedInFlight) {
        Validity validity = new Validity(log, limitedInFlight);
        List<Check> checks = new ArrayList<>();
        checks.add(validity.answers());
        checks.add(validity.sendLag());
        checks.add(validity.loopStalls());
        checks.add(validity.clientProcessor());
        checks.add(validity.littlesLaw());
        checks.add(validity.tokenCounts());
        checks.add(validity.outputLength());
        checks.add(validity.prefixCache());
        checks.add(validity.drift("drift_ttft", Metric.TTFT_USER));
        checks.add(validity.drift("drift_tpot", Metric.TPOT));
        checks.add(validity.drift("drift_e2e", Metric.E2E_USER));
        return checks;
    }

    public static Verdict worst(List<Check> checks) {
        return checks.stream().map(Check::verdict).reduce(Verdict.VALID, Verdict::worse);
    }

    private Check answers() {
        long ended = measured.stream()
                .filter(record -> record.outcome() != Outcome.CANCELLED)
                .count();
        int floor = Percentiles.floor(0.5);
        Verdict verdict = completed.isEmpty()
                ? Verdict.INVALID
                : completed.size() < ended || completed.size() < floor ? Verdict.CAUTION : Verdict.VALID;
        return new Check(
                "answers",
                verdict,
                completed.size() + " of " + ended + " completed",
                "all, and " + floor + " or more",
                "Latencies are those of the completed requests: refused, failed and cut-off ones would have been"
                        + " worse.");
    }

    private Check sendLag() {
        double[] waits = sorted(Metric.CLIENT_WAIT, measured);
        if (waits.length == 0) {
            return notJudged("send_lag", "Nothing was sent.");
        }
        // The highest percentile that so many requests can show: one late request of a few says little.
        double p = Arrays.stream(LAG_PERCENTILES)
                .filter(high -> waits.length >= Percentiles.floor(high))
                .findFirst()
                .orElse(0.5);
        double late = Percentiles.nearestRank(waits, p) / 1e6;
        double[] streamed = sorted(Metric.TTFT, completed);
        double[] first = streamed.length == 0 ? sorted(Metric.E2E, completed) : streamed;
        double median = first.length == 0 ? 0 : Percentiles.nearestRank(first, 0.5) / 1e6;
        double limit = Math.max(MOST_SEND_LAG_MILLIS, MOST_SEND_LAG_SHARE * median);
        Verdict tooLate = limitedInFlight ? Verdict.CAUTION : Verdict.INVALID;
        return new Check(
                "send_lag",
                late <= limit ? Verdict.VALID : tooLate,
                millis(late) + String.format(Locale.ROOT, " p%.0f", 100 * p),
                millis(limit),
                limitedInFlight
                        ? "--max-in-flight held requests back; user latencies have that wait, service latencies do not."
                        : "Requests left the client late: the load was not the planned one. Use fewer or faster"
                                + " loops.");
    }

    private Check loopStalls() {
        double p99 = log.health().loopDelay().getValueAtPercentile(99) / 1e6;
        double longest = log.health().loopDelay().getMaxValue() / 1e6;
        double gap =
                log.interChunk().getTotalCount() == 0 ? 0 : log.interChunk().getValueAtPercentile(50) / 1e6;
        double limit = Math.max(MOST_LOOP_DELAY_MILLIS, MOST_LOOP_DELAY_SHARE * gap);
        Verdict verdict =
                p99 > limit ? Verdict.INVALID : longest > LONGEST_LOOP_STALL_MILLIS ? Verdict.CAUTION : Verdict.VALID;
        return new Check(
                "loop_stalls",
                verdict,
                millis(p99) + " p99, " + millis(longest) + " longest",
                millis(limit) + " p99, " + millis(LONGEST_LOOP_STALL_MILLIS) + " longest",
                "The client's event loop was late by that much, and so may be every time it took.");
    }

    private Check clientProcessor() {
        double busy = log.health().loopBusy();
        Verdict verdict =
                busy > MOST_LOOP_BUSY ? Verdict.INVALID : busy > CAUTIOUS_LOOP_BUSY ? Verdict.CAUTION : Verdict.VALID;
        return new Check(
                "client_cpu",
                verdict,
                percent(busy) + " of a core",
                percent(CAUTIOUS_LOOP_BUSY) + ", at most " + percent(MOST_LOOP_BUSY),
                "A client that is busy reads answers late. Use more --loops, or another machine.");
    }

    private Check littlesLaw() {
        double seconds = log.endNanos() - log.startNanos();
        double spent = log.records().stream()
                .filter(record -> record.sentNanos() != RequestRecord.NEVER)
                .mapToDouble(record -> record.doneNanos() - record.sentNanos())
                .sum();
        double expected = spent / seconds;
        double sampled = log.health().meanInFlight();
        if (log.health().samples() < LEAST_LITTLE_SAMPLES || expected <= 0) {
            return notJudged("littles_law", "The run is too short for samples of what is in flight.");
        }
        double gap = Math.abs(sampled - expected) / expected;
        return new Check(
                "littles_law",
                gap <= MOST_LITTLE_GAP ? Verdict.VALID : Verdict.INVALID,
                percent(gap) + " (sampled " + number(sampled) + ", rate times latency " + number(expected) + ")",
                percent(MOST_LITTLE_GAP),
                "Requests in flight disagree with rate times latency: the client lost requests or time.");
    }

    private Check tokenCounts() {
        long different = completed.stream()
                .filter(record -> record.counting() == TokenCounting.PER_CHUNK)
                .filter(record -> record.chunkTokens() != record.usageTokens())
                .count();
        long unknown = completed.stream()
                .filter(record -> record.counting() == TokenCounting.UNKNOWN)
                .count();
        long totals = completed.stream()
                .filter(record -> record.streamed() && record.counting() == TokenCounting.TOTAL_ONLY)
                .count();
        Verdict verdict = different > 0 ? Verdict.INVALID : unknown + totals > 0 ? Verdict.CAUTION : Verdict.VALID;
        return new Check(
                "token_counts",
                verdict,
                different + " requests differ, " + unknown + " without usage, " + totals + " with a total only",
                "0 differ",
                "Tokens of the chunks must add up to the usage. Without counts in chunks, tokens inside a chunk have"
                        + " no times.");
    }

    private Check outputLength() {
        long outputs = completed.stream().mapToLong(RequestRecord::outputTokens).sum();
        long planned =
                completed.stream().mapToLong(RequestRecord::plannedOutputTokens).sum();
        if (outputs == 0) {
            return notJudged("output_length", "The server does not say how long answers are.");
        }
        double ratio = (double) outputs / planned;
        long kept = completed.stream().filter(LengthRule::keeps).count();
        boolean good = ratio >= LengthRule.LEAST && ratio <= LengthRule.MOST;
        Verdict verdict = !good ? Verdict.INVALID : kept < completed.size() ? Verdict.CAUTION : Verdict.VALID;
        return new Check(
                "output_length",
                verdict,
                percent(ratio) + " of the planned tokens, " + kept + " of " + completed.size() + " answers within",
                percent(LengthRule.LEAST) + " to " + percent(LengthRule.MOST),
                "Shorter answers are less work: such rates must not be compared with others.");
    }

    /** Later turns of a conversation are cached for a good reason, and texts from a file may repeat on purpose. */
    private Check prefixCache() {
        List<RequestRecord> known = completed.stream()
                .filter(record -> record.cachedTokens() >= 0 && record.turn() == 0 && record.plannedPromptTokens() > 0)
                .toList();
        if (known.isEmpty()) {
            return notJudged(
                    "prefix_cache", "The server does not say what its prefix cache had, or prompts are given ones.");
        }
        long contaminated = known.stream()
                .filter(record -> record.cachedTokens() - record.plannedSharedTokens()
                        > Math.max(TEMPLATE_TOKENS, record.promptTokens() / 10))
                .count();
        double share = (double) contaminated / known.size();
        return new Check(
                "prefix_cache",
                share > MOST_CONTAMINATED ? Verdict.INVALID : Verdict.VALID,
                contaminated + " of " + known.size() + " prompts were cached beyond the plan",
                percent(MOST_CONTAMINATED),
                "The server had these prompts from an earlier run: use another --seed.");
    }

    private Check drift(String name, Metric metric) {
        double[] values = completed.stream()
                .map(metric::of)
                .filter(OptionalDouble::isPresent)
                .mapToDouble(OptionalDouble::getAsDouble)
                .toArray();
        if (!log.steady()) {
            return notJudged(name, "The load was meant to change.");
        }
        if (values.length < LEAST_DRIFT_GROUPS * LEAST_IN_GROUP) {
            return notJudged(name, "Fewer than " + LEAST_DRIFT_GROUPS * LEAST_IN_GROUP + " requests have this metric.");
        }
        Trend trend = Trend.of(medians(values));
        boolean drifts = trend.significant() && Math.abs(trend.relativeChange()) >= MOST_DRIFT;
        boolean rises = trend.relativeChange() > 0;
        return new Check(
                name,
                !drifts ? Verdict.VALID : rises ? Verdict.INVALID : Verdict.CAUTION,
                String.format(Locale.ROOT, "%+.0f %% over the run, z %.1f", 100 * trend.relativeChange(), trend.z()),
                percent(MOST_DRIFT) + ", unless it may be chance",
                rises
                        ? "The server does not keep up: latencies grow for as long as the load lasts, and percentiles"
                                + " with them."
                        : "Latencies fall during the run: the server was not warm; use a longer --warm-up.");
    }

    private static double[] medians(double[] values) {
        int groups = Math.min(MOST_DRIFT_GROUPS, values.length / LEAST_IN_GROUP);
        double[] medians = new double[groups];
        for (int group = 0; group < groups; group++) {
            int from = group * values.length / groups;
            int to = (group + 1) * values.length / groups;
            double[] part = Arrays.copyOfRange(values, from, to);
            Arrays.sort(part);
            medians[group] = Percentiles.nearestRank(part, 0.5);
        }
        return medians;
    }

    private static double[] sorted(Metric metric, List<RequestRecord> records) {
        return records.stream()
                .map(metric::of)
                .filter(OptionalDouble::isPresent)
                .mapToDouble(OptionalDouble::getAsDouble)
                .sorted()
                .toArray();
    }

    private static Check notJudged(String name, String why) {
        return new Check(name, Verdict.NOT_JUDGED, "not judged", "", why);
    }

    private static String millis(double millis) {
        return String.format(Locale.ROOT, "%.1f ms", millis);
    }

    private static String percent(double share) {
        return String.format(Locale.ROOT, "%.0f %%", 100 * share);
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.2f", value);
    }
}
