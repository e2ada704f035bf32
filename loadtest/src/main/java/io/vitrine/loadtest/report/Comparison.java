package io.vitrine.loadtest.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;

import io.vitrine.loadtest.measure.Check.Verdict;
import io.vitrine.loadtest.measure.Percentiles;
import io.vitrine.loadtest.report.Report.Samples;
import io.vitrine.loadtest.report.Report.Stage;
import org.jspecify.annotations.Nullable;

/**
 * Two runs side by side. Intervals are those of the ratio, by a bootstrap of blocks of consecutive requests, since requests that overlap are
 * not independent. One run is one sample of what differs between runs: a difference here may be one of the day.
 */
public final class Comparison {

    private static final double[] QUANTILES = {0.5, 0.9, 0.99};
    private static final int RESAMPLES = 2000;
    private static final int LEAST_RESAMPLES = 200;
    private static final long MOST_DRAWS = 20_000_000;
    private static final double TAIL = 0.025;

    private Comparison() {}

    /**
     * A quantity of both runs.
     *
     * @param change of the second against the first, as a share; with its 95 % interval
     */
    public record Row(
            String stage, String quantity, double first, double second, double change, double low, double high) {

        /** Whether the interval excludes no change. */
        public boolean differs() {
            return low > 0 || high < 0;
        }
    }

    public static List<Row> rows(Report first, Report second) {
        List<Row> rows = new ArrayList<>();
        for (Stage one : first.stages()) {
            second.stages().stream()
                    .filter(stage -> stage.name().equals(one.name()))
                    .findFirst()
                    .ifPresent(other -> rows.addAll(rows(one, other)));
        }
        return rows;
    }

    private static List<Row> rows(Stage one, Stage other) {
        List<Row> rows = new ArrayList<>();
        addQuantiles(
                rows,
                one,
                "ttft_user",
                one.samples().ttftUserMs(),
                other.samples().ttftUserMs());
        addQuantiles(rows, one, "ttft", one.samples().ttftMs(), other.samples().ttftMs());
        addQuantiles(rows, one, "tpot", one.samples().tpotMs(), other.samples().tpotMs());
        addQuantiles(
                rows,
                one,
                "e2e_user",
                one.samples().e2eUserMs(),
                other.samples().e2eUserMs());
        addQuantiles(rows, one, "e2e", one.samples().e2eMs(), other.samples().e2eMs());
        double[] first = windowTokens(one);
        double[] second = windowTokens(other);
        if (first.length > 1 && second.length > 1) {
            rows.add(row(one, "output tokens/s", first, second, Comparison::mean));
        }
        return rows;
    }

    private static void addQuantiles(
            List<Row> rows, Stage stage, String metric, List<@Nullable Double> first, List<@Nullable Double> second) {
        double[] one = present(first);
        double[] other = present(second);
        for (double p : QUANTILES) {
            if (Math.min(one.length, other.length) >= Percentiles.floor(p)) {
                rows.add(row(stage, metric + " " + Numbers.quantile(p), one, other, values -> quantile(values, p)));
            }
        }
    }

    private static double[] present(List<@Nullable Double> values) {
        return values.stream()
                .filter(Objects::nonNull)
                .mapToDouble(value -> value)
                .toArray();
    }

    /** Rates of the bins that lie inside the window. */
    private static double[] windowTokens(Stage stage) {
        Samples samples = stage.samples();
        if (samples.intendedSeconds().isEmpty()) {
            return new double[0];
        }
        double bin = stage.series().binSeconds();
        double from = samples.intendedSeconds().get(0);
        int first = (int) Math.ceil(from / bin);
        int last = (int) Math.min(
                stage.series().outputTokensPerSecond().size(),
                (from + stage.throughput().windowSeconds()) / bin);
        return first >= last
                ? new double[0]
                : present(List.copyOf(stage.series().outputTokensPerSecond()).subList(first, last));
    }

    private static Row row(
            Stage stage, String quantity, double[] first, double[] second, ToDoubleFunction<double[]> statistic) {
        double one = statistic.applyAsDouble(first);
        double other = statistic.applyAsDouble(second);
        SplittableRandom random = new SplittableRandom(1);
        long draws = (long) first.length + second.length;
        int resamples = (int) Math.max(LEAST_RESAMPLES, Math.min(RESAMPLES, MOST_DRAWS / draws));
        double[] changes = new double[resamples];
        for (int index = 0; index < resamples; index++) {
            double resampled = statistic.applyAsDouble(resampled(first, random));
            changes[index] = statistic.applyAsDouble(resampled(second, random)) / resampled - 1;
        }
        Arrays.sort(changes);
        return new Row(
                stage.name(),
                quantity,
                one,
                other,
                other / one - 1,
                Percentiles.nearestRank(changes, TAIL),
                Percentiles.nearestRank(changes, 1 - TAIL));
    }

    /** Circular blocks, as long as the cube root of the number of values. */
    private static double[] resampled(double[] values, SplittableRandom random) {
        int length = (int) Math.ceil(Math.cbrt(values.length));
        double[] drawn = new double[values.length];
        for (int filled = 0; filled < drawn.length; filled += length) {
            int from = random.nextInt(values.length);
            for (int offset = 0; offset < length && filled + offset < drawn.length; offset++) {
                drawn[filled + offset] = values[(from + offset) % values.length];
            }
        }
        return drawn;
    }

    private static double quantile(double[] values, double p) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return Percentiles.nearestRank(sorted, p);
    }

    private static double mean(double[] values) {
        return Arrays.stream(values).average().orElse(Double.NaN);
    }

    /** Both runs as a table, and why they should not be compared where that is so. */
    public static String text(Report first, Report second) {
        StringBuilder out = new StringBuilder();
        for (Report report : List.of(first, second)) {
            if (report.verdict() == Verdict.INVALID) {
                line(
                        out,
                        "INVALID: the run of %s must not be compared; see its report",
                        report.run().started());
            }
        }
        differing(out, "load", first.run().load(), second.run().load());
        differing(out, "model", first.run().model(), second.run().model());
        differing(out, "API", first.run().api(), second.run().api());
        line(out, "%-10s %-16s %12s %12s %9s  %-22s", "stage", "", "first", "second", "change", "95 % interval");
        for (Row row : rows(first, second)) {
            line(
                    out,
                    "%-10s %-16s %12s %12s %9s  %-22s %s",
                    row.stage(),
                    row.quantity(),
                    Numbers.of(row.first()),
                    Numbers.of(row.second()),
                    change(row.change()),
                    "[" + change(row.low()) + " .. " + change(row.high()) + "]",
                    row.differs() ? (row.change() > 0 ? "higher" : "lower") : "no difference shown");
        }
        return out.toString();
    }

    private static void differing(StringBuilder out, String what, String first, String second) {
        if (!first.equals(second)) {
            line(out, "The runs differ in their %s: %s; %s", what, first, second);
        }
    }

    private static String change(double share) {
        return String.format(Locale.ROOT, "%+.1f %%", 100 * share);
    }

    private static void line(StringBuilder out, String format, Object... values) {
        out.append(String.format(Locale.ROOT, format, values).stripTrailing()).append('\n');
    }
}
