package io.vitrine.loadtest.report;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

import io.vitrine.loadtest.measure.Check;
import io.vitrine.loadtest.report.Report.Distribution;
import io.vitrine.loadtest.report.Report.Goodput;
import io.vitrine.loadtest.report.Report.Knee;
import io.vitrine.loadtest.report.Report.Quantile;
import io.vitrine.loadtest.report.Report.Samples;
import io.vitrine.loadtest.report.Report.Series;
import io.vitrine.loadtest.report.Report.Stage;
import io.vitrine.loadtest.report.Report.Truth;
import org.jspecify.annotations.Nullable;

/** A report as one HTML file that requests nothing: charts are SVG, the style sheet is inside. */
public final class HtmlReport {

    private static final int MOST_DOTS = 1500;
    private static final int MOST_STEPS = 300;

    private final Report report;
    private final StringBuilder page = new StringBuilder();

    private HtmlReport(Report report) {
        this.report = report;
    }

    public static String write(Report report) {
        HtmlReport html = new HtmlReport(report);
        html.head();
        if (report.stages().size() > 1) {
            html.sweep();
        }
        for (Stage stage : report.stages()) {
            html.stage(stage);
        }
        Truth truth = report.truth();
        if (truth != null) {
            html.truth(truth);
        }
        return html.page.append("</main></body></html>\n").toString();
    }

    private void head() {
        Report.Run run = report.run();
        page.append("<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">")
                .append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">")
                .append("<meta name=\"color-scheme\" content=\"light dark\"><title>Load: ")
                .append(Html.escaped(run.model()))
                .append("</title>\n<style>\n")
                .append(styleSheet())
                .append("</style></head><body><main>\n<h1>")
                .append(Html.escaped(run.model()))
                .append("</h1>\n<p>")
                .append(Html.escaped(run.load()))
                .append(" · ")
                .append(Html.escaped(run.url() + run.api()))
                .append(" · ")
                .append(Html.escaped(run.started()))
                .append(" · seed ")
                .append(run.seed())
                .append(" · ")
                .append(Html.escaped(run.client()))
                .append("</p>\n");
        verdict(report.verdict(), "");
    }

    /** The style of all reports: light and dark, wide and narrow. */
    public static String styleSheet() {
        try (InputStream css = HtmlReport.class.getResourceAsStream("report.css")) {
            return new String(Objects.requireNonNull(css).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read report.css from the class path", e);
        }
    }

    private void verdict(Check.Verdict verdict, String text) {
        String name = verdict.name().toLowerCase(Locale.ROOT);
        page.append("<p class=\"verdict ")
                .append(name)
                .append("\">")
                .append(verdict.name())
                .append(text.isEmpty() ? "" : " " + Html.escaped(text))
                .append("</p>\n");
    }

    private void sweep() {
        Knee knee = report.knee();
        List<Stage> open = report.stages().stream()
                .filter(stage -> stage.offeredRate() != null)
                .toList();
        page.append("<h2>Sweep</h2>\n");
        if (knee != null) {
            String text = knee.rate() == null
                    ? "The knee is below the lowest rate tried."
                    : "Knee: " + Numbers.of(knee.rate()) + " requests/s sustained"
                            + (knee.nextRate() == null ? "." : ", " + Numbers.of(knee.nextRate()) + " not.");
            page.append("<p><strong>")
                    .append(Html.escaped(text))
                    .append("</strong> Capacity of the closed loop: ")
                    .append(Numbers.of(knee.capacity()))
                    .append(" requests/s. ")
                    .append(Html.escaped(knee.rule()))
                    .append(".</p>\n");
        }
        page.append("<div class=\"charts\">\n");
        double[] offered = column(open, stage -> orZero(stage.offeredRate()));
        Chart done = new Chart("Throughput against load", "offered requests/s", "requests/s", false, false)
                .line("offered", offered, offered)
                .line("done", offered, column(open, stage -> stage.throughput().requestsPerSecond()));
        if (open.stream().allMatch(stage -> stage.goodput() != null)) {
            done.line("within objectives", offered, column(open, stage -> goodRate(stage.goodput())));
        }
        Chart first = latency("Time to first token from the intended time", open, offered, "ttft_user");
        Chart token = latency("Time per output token", open, offered, "tpot");
        Chart tokens = new Chart("Output tokens against load", "offered requests/s", "tokens/s", false, false)
                .line("tokens/s", offered, column(open, stage -> stage.throughput()
                        .outputTokensPerSecond()));
        for (Chart chart : List.of(done, first, token, tokens)) {
            if (knee != null && knee.rate() != null) {
                chart.mark("knee", knee.rate(), true);
            }
            add(chart);
        }
        page.append("</div>\n");
    }

    private static double goodRate(@Nullable Goodput goodput) {
        return goodput == null ? 0 : goodput.requestsPerSecond();
    }

    private Chart latency(String title, List<Stage> stages, double[] offered, String metric) {
        Chart chart = new Chart(title, "offered requests/s", "ms", false, true);
        for (double p : new double[] {0.5, 0.9}) {
            List<Double> x = new ArrayList<>();
            List<Double> y = new ArrayList<>();
            for (int index = 0; index < stages.size(); index++) {
                Double value = stages.get(index).metric(metric).quantile(p).value();
                if (value != null) {
                    x.add(offered[index]);
                    y.add(value);
                }
            }
            chart.line(Numbers.quantile(p), array(x), array(y));
        }
        markObjective(chart, metric, false);
        return chart;
    }

    private void stage(Stage stage) {
        boolean only = report.stages().size() == 1;
        page.append(only ? "<section>\n" : "<details><summary>" + Html.escaped(stageTitle(stage)) + "</summary>\n");
        if (!only) {
            verdict(stage.verdict(), "");
        }
        for (Check check : stage.reservations()) {
            page.append("<p class=\"")
                    .append(check.verdict().name().toLowerCase(Locale.ROOT))
                    .append("\"><strong>")
                    .append(Html.escaped(check.name()))
                    .append("</strong>: ")
                    .append(Html.escaped(check.measured() + " (limit: " + check.limit() + "). " + check.meaning()))
                    .append("</p>\n");
        }
        figures(stage);
        charts(stage);
        distributions(stage);
        checks(stage);
        page.append(only ? "</section>\n" : "</details>\n");
    }

    private static String stageTitle(Stage stage) {
        String load = stage.offeredRate() == null
                ? "concurrency " + stage.concurrency()
                : Numbers.of(stage.offeredRate()) + " requests/s offered";
        return stage.name() + ": " + load + ", " + Numbers.of(stage.throughput().requestsPerSecond()) + " done, "
                + stage.verdict().name().toLowerCase(Locale.ROOT);
    }

    private void figures(Stage stage) {
        page.append("<dl class=\"figures\">\n");
        figure("output tokens/s", Numbers.of(stage.throughput().outputTokensPerSecond()));
        figure("requests/s", Numbers.of(stage.throughput().requestsPerSecond()));
        figure(
                "TTFT p50, ms",
                Numbers.of(stage.metric("ttft_user").quantile(0.5).value()));
        figure("TPOT p50, ms", Numbers.of(stage.metric("tpot").quantile(0.5).value()));
        figure("in flight", Numbers.of(stage.throughput().meanInFlight()));
        figure("completed", stage.counts().completed() + " of " + stage.counts().offered());
        Goodput goodput = stage.goodput();
        if (goodput != null) {
            figure(
                    "within objectives",
                    Numbers.percent(goodput.attainment()) + " [" + Numbers.percent(goodput.attainmentLow()) + " .. "
                            + Numbers.percent(goodput.attainmentHigh()) + "]");
        }
        stage.counts().errors().forEach((kind, count) -> figure(kind, Long.toString(count)));
        page.append("</dl>\n");
    }

    private void figure(String name, String value) {
        page.append("<div><dt>")
                .append(Html.escaped(name))
                .append("</dt><dd>")
                .append(Html.escaped(value))
                .append("</dd></div>\n");
    }

    private void charts(Stage stage) {
        Samples samples = stage.samples();
        Series series = stage.series();
        double[] time = IntStream.range(0, series.inFlight().size())
                .mapToDouble(index -> (index + 0.5) * series.binSeconds())
                .toArray();
        page.append("<div class=\"charts\">\n");
        add(overTime(samples));
        add(distribution(samples));
        add(new Chart("Output tokens", "seconds", "tokens/s", false, false)
                .line("tokens/s", time, array(series.outputTokensPerSecond())));
        add(new Chart("Requests in flight", "seconds", "requests", false, false)
                .line("in flight", time, array(series.inFlight())));
        page.append("</div>\n");
    }

    private void add(Chart chart) {
        if (!chart.isEmpty()) {
            page.append(chart.svg());
        }
    }

    private Chart overTime(Samples samples) {
        Chart chart = new Chart("Latency over time", "seconds (intended)", "ms", false, true);
        dots(chart, "whole request", samples.intendedSeconds(), samples.e2eUserMs());
        dots(chart, "first token", samples.intendedSeconds(), samples.ttftUserMs());
        dots(chart, "per token", samples.intendedSeconds(), samples.tpotMs());
        return chart;
    }

    /** Every so many-th, so that a long run stays a small file. */
    private static void dots(Chart chart, String name, List<Double> times, List<@Nullable Double> values) {
        int step = Math.max(1, values.size() / MOST_DOTS);
        List<Double> x = new ArrayList<>();
        List<Double> y = new ArrayList<>();
        for (int index = 0; index < values.size(); index += step) {
            Double value = values.get(index);
            if (value != null && value > 0) {
                x.add(times.get(index));
                y.add(value);
            }
        }
        chart.dots(name, array(x), array(y));
    }

    private Chart distribution(Samples samples) {
        Chart chart = new Chart("Share of requests within a time", "ms", "%", true, false);
        shares(chart, "whole request", samples.e2eUserMs());
        shares(chart, "first token", samples.ttftUserMs());
        shares(chart, "per token", samples.tpotMs());
        shares(chart, "first token, from sending", samples.ttftMs());
        for (String metric : List.of("ttft_user", "tpot", "e2e_user")) {
            markObjective(chart, metric, true);
        }
        return chart;
    }

    private void markObjective(Chart chart, String metric, boolean vertical) {
        Map<String, Double> objectives = report.run().objectivesMs();
        Double limit = objectives.get(metric);
        if (limit != null) {
            chart.mark(metric.replace("_user", "") + " objective", limit, vertical);
        }
    }

    private static void shares(Chart chart, String name, List<@Nullable Double> values) {
        double[] sorted = values.stream()
                .filter(Objects::nonNull)
                .mapToDouble(value -> value)
                .filter(value -> value > 0)
                .sorted()
                .toArray();
        int steps = Math.min(MOST_STEPS, sorted.length);
        double[] x = new double[steps];
        double[] y = new double[steps];
        for (int step = 0; step < steps; step++) {
            int index = (int) ((long) (step + 1) * sorted.length / steps) - 1;
            x[step] = sorted[index];
            y[step] = 100.0 * (index + 1) / sorted.length;
        }
        chart.line(name, x, y);
    }

    private void distributions(Stage stage) {
        page.append("<div class=\"scroll\"><table>\n")
                .append(Html.row("th", "ms", "count", "mean", "p50", "p90", "p95", "p99", "p99.9", "max"));
        for (Distribution metric : stage.metrics()) {
            if (metric.count() > 0) {
                page.append(Html.row(
                        "td",
                        metric.name(),
                        metric.count(),
                        Numbers.of(metric.mean()),
                        interval(metric.quantile(0.5)),
                        interval(metric.quantile(0.9)),
                        interval(metric.quantile(0.95)),
                        interval(metric.quantile(0.99)),
                        interval(metric.quantile(0.999)),
                        Numbers.of(metric.max())));
            }
        }
        page.append("</table></div>\n<p class=\"note\">In brackets the 95 % interval, for independent samples ")
                .append("after correction for autocorrelation; – where there are too few samples.</p>\n");
    }

    private static String interval(Quantile quantile) {
        return quantile.low() == null && quantile.high() == null
                ? Numbers.of(quantile.value())
                : Numbers.of(quantile.value()) + " [" + Numbers.of(quantile.low()) + " .. "
                        + Numbers.of(quantile.high()) + "]";
    }

    private void checks(Stage stage) {
        page.append("<details><summary>Checks</summary><div class=\"scroll\"><table>\n")
                .append(Html.row("th", "check", "verdict", "measured", "limit"));
        for (Check check : stage.checks()) {
            String verdict = check.verdict().name().toLowerCase(Locale.ROOT).replace('_', ' ');
            page.append(Html.row("td", check.name(), verdict, check.measured(), check.limit()));
        }
        page.append("</table></div></details>\n");
    }

    private void truth(Truth truth) {
        page.append("<h2>Telemetry</h2>\n<p>")
                .append(truth.agrees() ? "The server's telemetry agrees with the client." : "They differ.")
                .append("</p>\n<div class=\"scroll\"><table>\n")
                .append(Html.row("th", "signal", "quantity", "client", "server", ""));
        for (Report.TruthLine line : truth.lines()) {
            String agreement = line.agreement().name().toLowerCase(Locale.ROOT).replace('_', ' ');
            page.append(Html.row("td", line.signal(), line.quantity(), line.client(), line.server(), agreement));
        }
        page.append("</table></div>\n");
    }

    private static double[] column(List<Stage> stages, ToDoubleFunction<Stage> value) {
        return stages.stream().mapToDouble(value).toArray();
    }

    private static double[] array(List<Double> values) {
        return values.stream().mapToDouble(value -> value).toArray();
    }

    private static double orZero(@Nullable Double value) {
        return value == null ? 0 : value;
    }
}
