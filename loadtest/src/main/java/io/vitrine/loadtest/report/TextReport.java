package io.vitrine.loadtest.report;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

import io.vitrine.loadtest.measure.Check;
import io.vitrine.loadtest.measure.Check.Verdict;
import io.vitrine.loadtest.report.Report.Agreement;
import io.vitrine.loadtest.report.Report.Counts;
import io.vitrine.loadtest.report.Report.Distribution;
import io.vitrine.loadtest.report.Report.Goodput;
import io.vitrine.loadtest.report.Report.Knee;
import io.vitrine.loadtest.report.Report.Quantile;
import io.vitrine.loadtest.report.Report.Stage;
import io.vitrine.loadtest.report.Report.Throughput;
import io.vitrine.loadtest.report.Report.Truth;

/** A report for a terminal. The verdict stands first: a number that cannot be trusted must not be read before its reason. */
public final class TextReport {

    private static final List<String> SHOWN = List.of(
            "ttft_user", "ttft", "tpot", "itl", "icl", "longest_gap", "e2e_user", "e2e", "normalised", "client_wait");

    private final StringBuilder out = new StringBuilder();

    private TextReport() {}

    public static String write(Report report) {
        TextReport text = new TextReport();
        text.head(report);
        if (report.stages().size() > 1) {
            text.table(report.stages());
        }
        Knee knee = report.knee();
        if (knee != null) {
            text.knee(knee);
        }
        text.stage(shown(report));
        Truth truth = report.truth();
        if (truth != null) {
            text.truth(truth);
        }
        return text.out.toString();
    }

    /** Of a sweep, the stage at the knee. */
    private static Stage shown(Report report) {
        Knee knee = report.knee();
        return report.stages().stream()
                .filter(stage -> knee != null && stage.name().equals(knee.stage()))
                .findFirst()
                .orElse(report.stages().get(report.stages().size() - 1));
    }

    private void head(Report report) {
        line(
                "%s: %s",
                verdict(report.verdict()),
                report.run().load() + ", " + report.run().model() + " at "
                        + report.run().url());
        if (report.stages().size() == 1) {
            reservations(report.stages().get(0));
        }
        line("seed %d, %s", report.run().seed(), report.run().api() + (report.run().stream() ? ", streamed" : ""));
    }

    private void reservations(Stage stage) {
        for (Check check : stage.reservations()) {
            line("  %s %s: %s (limit: %s)", verdict(check.verdict()), check.name(), check.measured(), check.limit());
            line("    %s", check.meaning());
        }
    }

    private static String verdict(Verdict verdict) {
        return verdict.name();
    }

    private void table(List<Stage> stages) {
        line("");
        line(
                "%-12s %9s %9s %9s %11s %11s %10s %10s  %s",
                "stage", "offered/s", "done/s", "tokens/s", "TTFT p50", "TTFT p90", "TPOT p50", "in flight", "verdict");
        for (Stage stage : stages) {
            line(
                    "%-12s %9s %9s %9s %11s %11s %10s %10s  %s",
                    stage.name(),
                    Numbers.of(stage.offeredRate()),
                    Numbers.of(stage.throughput().requestsPerSecond()),
                    Numbers.of(stage.throughput().outputTokensPerSecond()),
                    Numbers.of(stage.metric("ttft_user").quantile(0.5).value()),
                    Numbers.of(stage.metric("ttft_user").quantile(0.9).value()),
                    Numbers.of(stage.metric("tpot").quantile(0.5).value()),
                    Numbers.of(stage.throughput().meanInFlight()),
                    summary(stage));
        }
    }

    private static String summary(Stage stage) {
        String names = stage.reservations().stream()
                .filter(check -> check.verdict() == stage.verdict())
                .map(Check::name)
                .collect(Collectors.joining(", "));
        return names.isEmpty() ? verdict(stage.verdict()) : verdict(stage.verdict()) + " (" + names + ")";
    }

    private void knee(Knee knee) {
        line("");
        if (knee.rate() == null) {
            line("knee: below the lowest rate tried; capacity %s requests/s", Numbers.of(knee.capacity()));
        } else {
            line(
                    "knee: %s requests/s sustained, %s not; capacity %s requests/s",
                    Numbers.of(knee.rate()),
                    knee.nextRate() == null ? "no rate tried" : Numbers.of(knee.nextRate()),
                    Numbers.of(knee.capacity()));
        }
        line("  %s", knee.rule());
    }

    private void stage(Stage stage) {
        line("");
        Counts counts = stage.counts();
        line(
                "requests  %d offered: %d completed, %d refused, %d cancelled, %d timed out, %d failed, %d cut off; %d"
                        + " warm-up",
                counts.offered(),
                counts.completed(),
                counts.refused(),
                counts.cancelled(),
                counts.timedOut(),
                counts.failed(),
                counts.cutOff(),
                counts.warmUp());
        if (!counts.errors().isEmpty()) {
            line("errors    %s", counts.errors());
        }
        line(
                "tokens    %d prompt (%d cached), %d output; %d stalls",
                counts.promptTokens(), counts.cachedTokens(), counts.outputTokens(), counts.stalls());
        Throughput rates = stage.throughput();
        line(
                "rates     %s requests/s, %s output tokens/s over a window of %s s; whole run %s tokens/s; %s in"
                        + " flight",
                Numbers.of(rates.requestsPerSecond()),
                Numbers.of(rates.outputTokensPerSecond()),
                Numbers.of(rates.windowSeconds()),
                Numbers.of(rates.totalTokensPerSecond()),
                Numbers.of(rates.meanInFlight()));
        Goodput goodput = stage.goodput();
        if (goodput != null) {
            line(
                    "goodput   %s requests/s, %s tokens/s; %s kept every objective [%s .. %s], %d excluded",
                    Numbers.of(goodput.requestsPerSecond()),
                    Numbers.of(goodput.outputTokensPerSecond()),
                    Numbers.percent(goodput.attainment()),
                    Numbers.percent(goodput.attainmentLow()),
                    Numbers.percent(goodput.attainmentHigh()),
                    goodput.excluded());
        }
        line("");
        line("%-12s %7s %9s %22s %22s %22s %9s", "ms", "count", "mean", "p50 [95 %]", "p90", "p99", "max");
        SHOWN.forEach(name -> distribution(stage.metric(name)));
    }

    private void distribution(Distribution metric) {
        if (metric.count() > 0) {
            line(
                    "%-12s %7d %9s %22s %22s %22s %9s",
                    metric.name(),
                    metric.count(),
                    Numbers.of(metric.mean()),
                    interval(metric.quantile(0.5)),
                    interval(metric.quantile(0.9)),
                    interval(metric.quantile(0.99)),
                    Numbers.of(metric.max()));
        }
    }

    private static String interval(Quantile quantile) {
        if (quantile.value() == null || (quantile.low() == null && quantile.high() == null)) {
            return Numbers.of(quantile.value());
        }
        return Numbers.of(quantile.value()) + " [" + Numbers.of(quantile.low()) + " .. " + Numbers.of(quantile.high())
                + "]";
    }

    private void truth(Truth truth) {
        line("");
        line("telemetry: %s", truth.agrees() ? "the server's agrees with the client" : "DIFFERS from the client");
        truth.lines().stream()
                .filter(line -> line.agreement() != Agreement.AGREES || truth.agrees())
                .forEach(line -> line(
                        "  %-12s %-34s client %-16s server %-16s %s",
                        line.signal(),
                        line.quantity(),
                        line.client(),
                        line.server(),
                        line.agreement().name().toLowerCase(Locale.ROOT).replace('_', ' ')));
    }

    private void line(String format, Object... values) {
        out.append(String.format(Locale.ROOT, format, values)).append('\n');
    }
}
