package io.vitrine.alerting.query;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.stream.Collectors;

import io.vitrine.alerting.Promtool;
import io.vitrine.alerting.series.Series;
import io.vitrine.alerting.series.SeriesStore;
import io.vitrine.alerting.series.SeriesStore.StoredSample;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** The same expressions on the same samples give what the real Prometheus gives. */
class QueryAgainstPrometheusTest {

    private static final int SCRAPE_SECONDS =
            7; // no sample lies on the left border of a window: 2.x and 3.x differ there
    private static final int SCRAPES = 400;
    private static final int[] EVALUATIONS = {63, 602, 1206, 2401, 2760};

    private static final List<String> EXPRESSIONS = List.of(
            "up_gauge",
            "up_gauge{job=\"a\"}",
            "up_gauge{job=~\"a|b\", zone!=\"2\"}",
            "up_gauge offset 5m",
            "increase(done_total[5m])",
            "rate(done_total{job!~\"c.*\"}[10m])",
            "sum by (job) (increase(done_total[5m]))",
            "sum without (zone) (rate(done_total[5m]))",
            "max by (job) (up_gauge) - min by (job) (up_gauge)",
            "avg(up_gauge)",
            "count by (zone) (up_gauge > 50)",
            "sum(increase(failed_total[5m])) / sum(increase(done_total[5m]))",
            "sum by (job) (increase(failed_total[30m])) / sum by (job) (increase(done_total[30m])) > 0.05",
            "increase(done_total[5m]) / increase(done_total[5m] offset 10m)",
            "up_gauge > 30 and on (job) (failed_total > 3)",
            "up_gauge > 60 or up_gauge < 20",
            "up_gauge unless up_gauge > 40",
            "up_gauge and ignoring (zone) (max by (job) (up_gauge) > 90)",
            "up_gauge > bool 50",
            "absent(nothing_here{job=\"a\", zone=~\".+\"})",
            "absent(up_gauge)",
            "-up_gauge + 2 * 3 - 1",
            "2 ^ 1 * up_gauge".replace("2 ^ 1", "2"),
            "100 - up_gauge % 7",
            "abs(up_gauge - 50)",
            "clamp_min(up_gauge, 40)",
            "clamp_max(up_gauge, 40)",
            "delta(up_gauge[5m])",
            "changes(up_gauge[5m])",
            "max_over_time(up_gauge[5m])",
            "min_over_time(up_gauge[5m])",
            "avg_over_time(up_gauge[5m])",
            "count_over_time(up_gauge[5m])",
            "deriv(up_gauge[10m])",
            "predict_linear(up_gauge[10m], 3600)",
            "histogram_quantile(0.95, sum by (le) (rate(wait_seconds_bucket[5m])))",
            "histogram_quantile(0.5, sum by (le, job) (increase(wait_seconds_bucket[20m])))",
            "histogram_quantile(0.99, wait_seconds_bucket)",
            "vector(1) + time()",
            "scalar(sum(up_gauge)) * 2",
            "(sum(rate(failed_total[5m])) < sum(rate(failed_total[30m]))) or sum(rate(failed_total[30m]))");

    @TempDir
    Path folder;

    @Test
    void givesTheResultsOfPrometheus() throws IOException {
        Map<Series, double[]> series = series(new Random(42));
        SeriesStore store = new SeriesStore(java.time.Duration.ofHours(2), 1_000);
        List<StoredSample> samples = new ArrayList<>();
        series.forEach((one, values) -> {
            for (int index = 0; index < values.length; index++) {
                if (!Double.isNaN(values[index])) {
                    samples.add(new StoredSample(one, 1_000L * index * SCRAPE_SECONDS, values[index]));
                }
            }
        });
        store.restore(samples);
        Files.writeString(folder.resolve("test.yaml"), testFile(series, store));

        Promtool.Outcome outcome = Promtool.run(folder, "test", "rules", "test.yaml");

        assertThat(outcome.output()).contains("SUCCESS");
        assertThat(outcome.exitCode()).isZero();
    }

    @Test
    void noticesAWrongResult() throws IOException {
        Map<Series, double[]> series = series(new Random(42));
        SeriesStore empty = new SeriesStore(java.time.Duration.ofHours(2), 1_000);
        Files.writeString(folder.resolve("test.yaml"), testFile(series, empty));

        assertThat(Promtool.run(folder, "test", "rules", "test.yaml").exitCode())
                .isNotZero();
    }

    private static Map<Series, double[]> series(Random random) {
        Map<Series, double[]> series = new java.util.LinkedHashMap<>();
        for (String job : List.of("a", "b", "cc")) {
            for (String zone : List.of("1", "2")) {
                Map<String, String> labels = Map.of("job", job, "zone", zone);
                double[] gauge = new double[SCRAPES];
                double[] counter = new double[SCRAPES];
                double[] failures = new double[SCRAPES];
                double done = random.nextInt(1_000);
                double failed = 0;
                for (int index = 0; index < SCRAPES; index++) {
                    gauge[index] = random.nextInt(101);
                    done = random.nextInt(150) == 0 ? 0 : done + random.nextInt(5);
                    failed += random.nextInt(10) == 0 ? 1 : 0;
                    counter[index] = done;
                    failures[index] = failed;
                    if (job.equals("b") && index > 150 && index < 220) {
                        gauge[index] = Double.NaN;
                        counter[index] = Double.NaN;
                    }
                }
                series.put(Series.of("up_gauge", labels), gauge);
                series.put(Series.of("done_total", labels), counter);
                series.put(Series.of("failed_total", labels), failures);
            }
            histogram(series, job, random);
        }
        return series;
    }

    private static void histogram(Map<Series, double[]> series, String job, Random random) {
        List<String> bounds = List.of("0.1", "0.5", "2.5", "+Inf");
        double[][] counts = new double[bounds.size()][SCRAPES];
        for (int index = 0; index < SCRAPES; index++) {
            double below = 0;
            for (int bound = 0; bound < bounds.size(); bound++) {
                double before = index == 0 ? 0 : counts[bound][index - 1];
                below += random.nextInt(3);
                counts[bound][index] = before + below;
            }
        }
        for (int bound = 0; bound < bounds.size(); bound++) {
            series.put(Series.of("wait_seconds_bucket", Map.of("job", job, "le", bounds.get(bound))), counts[bound]);
        }
    }

    private static String testFile(Map<Series, double[]> series, SeriesStore store) {
        StringBuilder file = new StringBuilder(
                "evaluation_interval: 1s\ntests:\n  - interval: " + SCRAPE_SECONDS + "s\n    input_series:\n");
        series.forEach((one, values) -> file.append("      - series: '")
                .append(one.name())
                .append(labels(one.labels()))
                .append("'\n        values: '")
                .append(java.util.Arrays.stream(values)
                        .mapToObj(value -> Double.isNaN(value) ? "_" : Double.toString(value))
                        .collect(Collectors.joining(" ")))
                .append("'\n"));
        file.append("    promql_expr_test:\n");
        for (String expression : EXPRESSIONS) {
            for (int seconds : EVALUATIONS) {
                append(file, expression, seconds, store);
            }
        }
        return file.toString();
    }

    private static void append(StringBuilder file, String expression, int seconds, SeriesStore store) {
        // Rounded, because the order of a sum is not fixed; the sum drops the metric's name, which rounding does too.
        Map<SortedMap<String, String>, Double> values = Query.parse(expression).evaluate(store, seconds * 1_000L);
        boolean scalar = expression.startsWith("scalar");
        file.append("      - expr: 'round(")
                .append(scalar ? "vector(" + expression + ")" : expression)
                .append(", 0.001)'\n        eval_time: ")
                .append(seconds)
                .append("s\n        exp_samples:\n");
        if (values.isEmpty()) {
            file.setLength(file.length() - "        exp_samples:\n".length());
        }
        values.forEach((labels, value) -> file.append("          - labels: '")
                .append(labels(labels))
                .append("'\n            value: ")
                .append(Math.floor(value * 1_000 + 0.5) / 1_000)
                .append('\n'));
    }

    private static String labels(SortedMap<String, String> labels) {
        return labels.entrySet().stream()
                .map(label -> label.getKey() + "=\"" + label.getValue() + '"')
                .collect(Collectors.joining(",", "{", "}"));
    }

    @Test
    void coversEveryFunction() {
        String all = String.join(" ", EXPRESSIONS);
        List<String> functions = new ArrayList<>();
        Collections.addAll(functions, "rate", "increase", "delta", "changes", "predict_linear", "deriv");
        for (RangeFunction function : RangeFunction.values()) {
            functions.add(function.symbol());
        }
        for (InstantFunction function : InstantFunction.values()) {
            functions.add(function.symbol());
        }
        assertThat(functions).allSatisfy(function -> assertThat(all).contains(function + "("));
    }
}
