package io.vitrine.loadtest.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;

import io.vitrine.loadtest.measure.Check;
import io.vitrine.loadtest.measure.Metric;
import io.vitrine.loadtest.measure.Objectives;
import io.vitrine.loadtest.measure.Outcome;
import io.vitrine.loadtest.measure.Percentiles;
import io.vitrine.loadtest.measure.Proportion;
import io.vitrine.loadtest.measure.RequestRecord;
import io.vitrine.loadtest.measure.RunLog;
import io.vitrine.loadtest.measure.Validity;
import io.vitrine.loadtest.report.Report.Counts;
import io.vitrine.loadtest.report.Report.Distribution;
import io.vitrine.loadtest.report.Report.Goodput;
import io.vitrine.loadtest.report.Report.Quantile;
import io.vitrine.loadtest.report.Report.Samples;
import io.vitrine.loadtest.report.Report.Series;
import io.vitrine.loadtest.report.Report.Stage;
import io.vitrine.loadtest.report.Report.Throughput;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/** Sums a run up. */
public final class StageBuilder {

    private static final double[] QUANTILES = {0.5, 0.9, 0.95, 0.99, 0.999};
    private static final int SERIES_BINS = 60;
    private static final double NANOS_OF_MILLI = 1e6;
    private static final double NANOS = 1e9;

    private final RunLog log;
    private final Objectives objectives;
    private final List<RequestRecord> measured;

    private StageBuilder(RunLog log, Objectives objectives) {
        this.log = log;
        this.objectives = objectives;
        this.measured =
                log.records().stream().filter(record -> !record.warmUp()).toList();
    }

    /**
     * Sums a run up as a stage.
     *
     * @param limitedInFlight whether the client was to hold requests back
     */
    public static Stage build(
            String name,
            @Nullable Double offeredRate,
            @Nullable Integer concurrency,
            RunLog log,
            Objectives objectives,
            boolean limitedInFlight) {
        StageBuilder builder = new StageBuilder(log, objectives);
        List<Check> checks = Validity.of(log, limitedInFlight);
        return new Stage(
                name,
                offeredRate,
                concurrency,
                Validity.worst(checks),
                checks,
                builder.counts(),
                builder.throughput(),
                objectives.limitNanos().isEmpty() ? null : builder.goodput(),
                builder.metrics(),
                builder.series(),
                builder.samples());
    }

    private Counts counts() {
        Map<String, Long> errors = new TreeMap<>();
        for (RequestRecord record : measured) {
            if (record.error() != null) {
                errors.merge(record.error(), 1L, Long::sum);
            }
        }
        return new Counts(
                measured.size(),
                count(Outcome.COMPLETED),
                count(Outcome.REFUSED),
                count(Outcome.CANCELLED),
                count(Outcome.TIMED_OUT),
                count(Outcome.FAILED),
                count(Outcome.CUT_OFF),
                log.records().size() - measured.size(),
                errors,
                measured.stream().mapToLong(RequestRecord::promptTokens).sum(),
                measured.stream()
                        .mapToLong(record -> Math.max(0, record.cachedTokens()))
                        .sum(),
                measured.stream().mapToLong(RequestRecord::outputTokens).sum(),
                measured.stream().mapToLong(RequestRecord::stalls).sum());
    }

    private long count(Outcome outcome) {
        return measured.stream().filter(record -> record.outcome() == outcome).count();
    }

    private Throughput throughput() {
        RunLog.Window window = log.window();
        double total = (log.endNanos() - log.startNanos()) / NANOS;
        long issued = measured.stream()
                .filter(record -> window.contains(record.intendedNanos()))
                .mapToLong(RequestRecord::outputTokens)
                .sum();
        return new Throughput(
                window.seconds(),
                total,
                completedInWindow(measured) / window.seconds(),
                log.tokens().sum(window.fromNanos(), window.toNanos()) / window.seconds(),
                log.open() ? issued / window.seconds() : null,
                log.tokens().sum(log.startNanos(), log.endNanos() + 1_000_000) / total,
                log.health().meanInFlight());
    }

    private long completedInWindow(List<RequestRecord> records) {
        return records.stream()
                .filter(record -> record.completed() && log.window().contains(record.doneNanos()))
                .count();
    }

    private Goodput goodput() {
        List<RequestRecord> good = new ArrayList<>();
        long bad = 0;
        long excluded = 0;
        for (RequestRecord record : measured) {
            Optional<Boolean> judged = objectives.good(record);
            if (judged.isEmpty()) {
                excluded++;
            } else if (judged.get()) {
                good.add(record);
            } else {
                bad++;
            }
        }
        Proportion share = new Proportion(good.size(), good.size() + bad);
        boolean none = share.trials() == 0;
        double seconds = log.window().seconds();
        long tokens = good.stream()
                .filter(record -> log.window().contains(record.doneNanos()))
                .mapToLong(RequestRecord::outputTokens)
                .sum();
        return new Goodput(
                good.size(),
                bad,
                excluded,
                none ? 0 : share.value(),
                none ? 0 : share.low(),
                none ? 1 : share.high(),
                completedInWindow(good) / seconds,
                tokens / seconds);
    }

    private List<Distribution> metrics() {
        List<Distribution> metrics = new ArrayList<>();
        for (Metric metric : Metric.values()) {
            metrics.add(distribution(metric));
        }
        metrics.add(distribution("icl", "gap between two chunks that follow each other", log.interChunk()));
        metrics.add(distribution("itl", "the same for each token of a chunk: its part of the gap", log.interToken()));
        return metrics;
    }

    private Distribution distribution(Metric metric) {
        double[] inOrder = measured.stream()
                .map(metric::of)
                .filter(OptionalDouble::isPresent)
                .mapToDouble(value -> value.getAsDouble() / NANOS_OF_MILLI)
                .toArray();
        double effective = Percentiles.effectiveSize(inOrder);
        double[] sorted = inOrder.clone();
        Arrays.sort(sorted);
        boolean none = sorted.length == 0;
        List<Quantile> quantiles = Arrays.stream(QUANTILES)
                .mapToObj(p -> quantile(Percentiles.of(sorted, effective, p)))
                .toList();
        return new Distribution(
                metric.name().toLowerCase(Locale.ROOT),
                metric.meaning(),
                sorted.length,
                none ? null : effective,
                none ? null : Arrays.stream(sorted).average().orElseThrow(),
                none ? null : sorted[0],
                none ? null : sorted[sorted.length - 1],
                quantiles);
    }

    private static Quantile quantile(Percentiles.Percentile percentile) {
        return new Quantile(
                percentile.p(), orNull(percentile.value()), orNull(percentile.low()), orNull(percentile.high()));
    }

    /** Gaps are pooled and not independent, so they have no interval. */
    private static Distribution distribution(String name, String meaning, Histogram nanos) {
        boolean none = nanos.getTotalCount() == 0;
        List<Quantile> quantiles = Arrays.stream(QUANTILES)
                .mapToObj(p -> new Quantile(
                        p,
                        nanos.getTotalCount() < Percentiles.floor(p)
                                ? null
                                : nanos.getValueAtPercentile(100 * p) / NANOS_OF_MILLI,
                        null,
                        null))
                .toList();
        return new Distribution(
                name,
                meaning,
                nanos.getTotalCount(),
                null,
                none ? null : nanos.getMean() / NANOS_OF_MILLI,
                none ? null : nanos.getMinValue() / NANOS_OF_MILLI,
                none ? null : nanos.getMaxValue() / NANOS_OF_MILLI,
                quantiles);
    }

    private Series series() {
        long length = Math.max(1, log.endNanos() - log.startNanos());
        // Whole milliseconds, as the bins of the tokens.
        long bin = Math.max(1, Math.round(Math.ceil(length / NANOS_OF_MILLI / SERIES_BINS))) * 1_000_000;
        List<Double> tokens = new ArrayList<>();
        List<Double> inFlight = new ArrayList<>();
        for (long from = log.startNanos(); from < log.endNanos(); from += bin) {
            tokens.add(rounded(log.tokens().sum(from, from + bin) / (bin / NANOS)));
            inFlight.add(rounded(inFlight(from, from + bin)));
        }
        return new Series(bin / NANOS, tokens, inFlight);
    }

    private double inFlight(long from, long to) {
        return log.records().stream()
                        .filter(record -> record.sentNanos() != RequestRecord.NEVER)
                        .mapToDouble(record ->
                                Math.max(0, Math.min(to, record.doneNanos()) - Math.max(from, record.sentNanos())))
                        .sum()
                / (to - from);
    }

    private Samples samples() {
        return new Samples(
                measured.stream()
                        .map(record -> rounded((record.intendedNanos() - log.startNanos()) / NANOS))
                        .toList(),
                measured.stream()
                        .map(record -> record.outcome().name().toLowerCase(Locale.ROOT))
                        .toList(),
                column(Metric.TTFT_USER),
                column(Metric.TTFT),
                column(Metric.TPOT),
                column(Metric.E2E_USER),
                column(Metric.E2E),
                measured.stream().map(RequestRecord::outputTokens).toList());
    }

    private List<@Nullable Double> column(Metric metric) {
        List<@Nullable Double> column = new ArrayList<>();
        for (RequestRecord record : measured) {
            OptionalDouble value = metric.of(record);
            column.add(value.isPresent() ? (Double) rounded(value.getAsDouble() / NANOS_OF_MILLI) : null);
        }
        return column;
    }

    /** To the microsecond of a value in milliseconds or seconds; more digits only make files larger. */
    private static double rounded(double value) {
        return Math.round(value * 1e6) / 1e6;
    }

    private static @Nullable Double orNull(OptionalDouble value) {
        return value.isPresent() ? value.getAsDouble() : null;
    }
}
