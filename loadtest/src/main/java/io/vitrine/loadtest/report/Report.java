package io.vitrine.loadtest.report;

import java.util.List;
import java.util.Map;

import io.vitrine.loadtest.measure.Check;
import io.vitrine.loadtest.measure.Check.Verdict;
import org.jspecify.annotations.Nullable;

/**
 * All of a run, as its JSON has it; {@code report.schema.json} describes that.
 *
 * @param format name and version of this form
 * @param verdict the worst of the stages that count
 * @param stages one, or those of a sweep in order
 * @param knee of a sweep
 * @param truth comparison with the server's own telemetry; null without its management URL
 */
public record Report(
        String format,
        Run run,
        Verdict verdict,
        List<Stage> stages,
        @Nullable Knee knee,
        @Nullable Truth truth) {

    public static final String FORMAT = "vitrine-load/1";

    public Report {
        stages = List.copyOf(stages);
        if (stages.isEmpty()) {
            throw new IllegalArgumentException("a report must have a stage");
        }
    }

    /**
     * What was run.
     *
     * @param planDigest SHA-256 of the plan's lines; null for a plan that only time ends
     */
    public record Run(
            String started,
            String url,
            String model,
            String api,
            boolean stream,
            String load,
            long seed,
            @Nullable String planDigest,
            Map<String, Double> objectivesMs,
            String client) {}

    /**
     * A stretch of constant conditions.
     *
     * @param offeredRate requests per second planned; null for a closed loop
     * @param concurrency lanes of a closed loop; null for an open one
     */
    public record Stage(
            String name,
            @Nullable Double offeredRate,
            @Nullable Integer concurrency,
            Verdict verdict,
            List<Check> checks,
            Counts counts,
            Throughput throughput,
            @Nullable Goodput goodput,
            List<Distribution> metrics,
            Series series,
            Samples samples) {

        /** The checks that are not passed, worst first. */
        public List<Check> reservations() {
            return checks.stream()
                    .filter(check -> check.verdict().compareTo(Verdict.VALID) > 0)
                    .sorted((one, other) -> other.verdict().compareTo(one.verdict()))
                    .toList();
        }

        public Distribution metric(String name) {
            return metrics.stream()
                    .filter(metric -> metric.name().equals(name))
                    .findFirst()
                    .orElseThrow();
        }
    }

    /** Requests by how they ended; offered is the sum of the six outcomes. Warm-up requests are counted apart. */
    public record Counts(
            long offered,
            long completed,
            long refused,
            long cancelled,
            long timedOut,
            long failed,
            long cutOff,
            long warmUp,
            Map<String, Long> errors,
            long promptTokens,
            long cachedTokens,
            long outputTokens,
            long stalls) {}

    /**
     * Rates. The window goes from the first measured request to the end of the planned time, or to the last start.
     *
     * @param requestsPerSecond completions inside the window
     * @param outputTokensPerSecond tokens that came inside the window
     * @param issuedTokensPerSecond tokens of the requests that were due inside the window, over it; null for a closed loop
     * @param totalTokensPerSecond of the whole run, warm-up and drain included
     * @param meanInFlight requests in flight
     */
    public record Throughput(
            double windowSeconds,
            double totalSeconds,
            double requestsPerSecond,
            double outputTokensPerSecond,
            @Nullable Double issuedTokensPerSecond,
            double totalTokensPerSecond,
            double meanInFlight) {}

    /**
     * Requests that kept every objective.
     *
     * @param excluded neither good nor bad: cancelled as planned, cut off, or without a metric that has an objective
     * @param attainment good over good and bad, with its 95 % interval
     */
    public record Goodput(
            long good,
            long bad,
            long excluded,
            double attainment,
            double attainmentLow,
            double attainmentHigh,
            double requestsPerSecond,
            double outputTokensPerSecond) {}

    /** A metric over the measured requests, in milliseconds. */
    public record Distribution(
            String name,
            String meaning,
            long count,
            @Nullable Double effectiveCount,
            @Nullable Double mean,
            @Nullable Double min,
            @Nullable Double max,
            List<Quantile> quantiles) {

        public Quantile quantile(double p) {
            return quantiles.stream()
                    .filter(quantile -> quantile.p() == p)
                    .findFirst()
                    .orElseThrow();
        }
    }

    /**
     * A percentile with its 95 % interval.
     *
     * @param value null below the sample floor
     */
    public record Quantile(
            double p,
            @Nullable Double value,
            @Nullable Double low,
            @Nullable Double high) {}

    /** The run over time, in bins of equal length from its start. */
    public record Series(double binSeconds, List<Double> outputTokensPerSecond, List<Double> inFlight) {}

    /** The measured requests, one entry each, by intended time from the start of the run. Times in milliseconds, null where there is none. */
    public record Samples(
            List<Double> intendedSeconds,
            List<String> outcome,
            List<@Nullable Double> ttftUserMs,
            List<@Nullable Double> ttftMs,
            List<@Nullable Double> tpotMs,
            List<@Nullable Double> e2eUserMs,
            List<@Nullable Double> e2eMs,
            List<Integer> outputTokens) {}

    /**
     * The highest rate that the server sustains.
     *
     * @param rate requests per second; null if no stage was sustained
     * @param nextRate lowest rate tried that it does not sustain; null if it sustained all
     */
    public record Knee(
            @Nullable String stage,
            @Nullable Double rate,
            @Nullable Double nextRate,
            double capacity,
            String rule) {}

    /** Comparison of the server's telemetry with what the client saw. */
    public record Truth(boolean agrees, List<TruthLine> lines) {}

    /** One quantity, as the client and as a signal of the server has it. */
    public record TruthLine(String signal, String quantity, String client, String server, Agreement agreement) {}

    /** Whether both sides say the same. */
    public enum Agreement {
        AGREES,
        DIFFERS,
        NOT_COMPARED
    }
}
