package io.vitrine.alerting.rules;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.vitrine.alerting.Promtool;
import io.vitrine.alerting.series.Series;
import io.vitrine.alerting.series.SeriesStore;
import io.vitrine.alerting.series.SeriesStore.StoredSample;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** Rules fire and resolve at the same evaluation as in the real Prometheus, given the exported file. */
class RulesAgainstPrometheusTest {

    /** Of scrapes and evaluations; no window is a multiple, so that no sample lies on a window's left border. */
    private static final int INTERVAL_SECONDS = 7;

    private static final int SCRAPES = 500;

    private static final String RULES = """
            rules:
              - {alert: Plain, severity: P2, expr: load, fires: "> 70", summary: s, action: a, runbook: plain}
              - {alert: Held, severity: P1, expr: load, fires: ">= 60", for: 1m, summary: s, action: a, runbook: held}
              - {alert: Kept, severity: P1, expr: load, fires: "> 70", clear-for: 2m, summary: s, action: a, runbook: kept}
              - {alert: Band, severity: P1, expr: load, fires: "> 80", clears: "< 40", summary: s, action: a, runbook: band}
              - {alert: All, severity: P0, expr: max by (job) (load), fires: "> 60", clears: "<= 30", for: 30s, clear-for: 1m,
                 labels: {area: test}, summary: s, action: a, runbook: all}
              - {alert: Low, severity: P3, expr: load, fires: "< 20", clears: ">= 60", for: 14s, clear-for: 90s, summary: s,
                 action: a, runbook: low}
              - {alert: Ratio, severity: P1, expr: 'sum by (job) (increase(bad_total[5m])) / sum by (job) (increase(all_total[5m]))',
                 fires: "> 0.25", clears: "< 0.2", when: 'sum(increase(all_total[5m])) >= 50', for: 1m, summary: s, action: a,
                 runbook: ratio}
              - {alert: Gone, severity: P0, expr: 'absent(load{job="b"})', fires: "> 0", for: 1m, summary: s, action: a,
                 runbook: gone}
              - {alert: Burn, severity: P0, expr: '((sum(rate(bad_total[5m])) / sum(rate(all_total[5m]))) < (sum(rate(bad_total[30m]))
                 / sum(rate(all_total[30m])))) or (sum(rate(bad_total[30m])) / sum(rate(all_total[30m])))', fires: "> 0.2",
                 summary: s, action: a, runbook: burn}
            """;

    @TempDir
    Path folder;

    @Test
    void firesAtTheSameEvaluationsAsPrometheus() throws IOException {
        for (long seed = 1; seed <= 3; seed++) {
            Map<Series, double[]> series = series(new Random(seed));
            List<AlertRule> rules = RuleFile.read(RULES, "test");
            Map<String, Object> file = testFile(series, rules, 0);

            Promtool.Outcome outcome = check(file, rules);

            assertThat(outcome.output()).contains("SUCCESS");
            assertThat(outcome.exitCode()).isZero();
        }
    }

    @Test
    void noticesOneEvaluationOfDifference() throws IOException {
        List<AlertRule> rules = RuleFile.read(RULES, "test");

        assertThat(check(testFile(series(new Random(1)), rules, 1), rules).exitCode())
                .isNotZero();
    }

    private Promtool.Outcome check(Map<String, Object> testFile, List<AlertRule> rules) throws IOException {
        ObjectMapper json = new ObjectMapper();
        Map<String, Object> exported = PrometheusRules.document("vitrine", rules, "docs/");
        String withoutAnnotations =
                json.writeValueAsString(exported).replaceAll("\"annotations\":\\{[^}]*}", "\"annotations\":{}");
        Files.writeString(folder.resolve("rules.yaml"), withoutAnnotations);
        Files.writeString(folder.resolve("test.yaml"), json.writeValueAsString(testFile));
        assertThat(Promtool.run(folder, "check", "rules", "rules.yaml").exitCode())
                .isZero();
        return Promtool.run(folder, "test", "rules", "test.yaml");
    }

    /** @param late evaluations by which what is expected is shifted */
    private static Map<String, Object> testFile(Map<Series, double[]> series, List<AlertRule> rules, int late) {
        SeriesStore store = new SeriesStore(Duration.ofDays(1), 1_000);
        List<StoredSample> samples = new ArrayList<>();
        List<Object> input = new ArrayList<>();
        series.forEach((one, values) -> {
            StringBuilder written = new StringBuilder();
            for (int index = 0; index < values.length; index++) {
                written.append(Double.isNaN(values[index]) ? "_ " : values[index] + " ");
                if (!Double.isNaN(values[index])) {
                    samples.add(new StoredSample(one, 1_000L * index * INTERVAL_SECONDS, values[index]));
                }
            }
            input.add(Map.of("series", one.name() + labels(one.labels()), "values", written.toString()));
        });
        store.restore(samples);
        List<RuleEvaluator> evaluators =
                rules.stream().map(rule -> new RuleEvaluator(rule, 100)).toList();
        List<Object> expected = new ArrayList<>();
        for (int step = 0; step < SCRAPES; step++) {
            for (RuleEvaluator evaluator : evaluators) {
                evaluator.evaluate(store, 1_000L * step * INTERVAL_SECONDS);
                expected.add(Map.of(
                        "eval_time", (step + late) * INTERVAL_SECONDS + "s",
                        "alertname", evaluator.rule().name(),
                        "exp_alerts", firing(evaluator)));
            }
        }
        Map<String, Object> test = new LinkedHashMap<>();
        test.put("interval", INTERVAL_SECONDS + "s");
        test.put("input_series", input);
        test.put("alert_rule_test", expected);
        return Map.of(
                "rule_files", List.of("rules.yaml"),
                "evaluation_interval", INTERVAL_SECONDS + "s",
                "tests", List.of(test));
    }

    private static List<Object> firing(RuleEvaluator evaluator) {
        List<Object> firing = new ArrayList<>();
        for (Alert alert : evaluator.alerts()) {
            if (alert.state() == AlertState.FIRING) {
                Map<String, String> labels = new TreeMap<>(alert.labels());
                labels.remove(AlertRule.NAME_LABEL); // promtool adds it
                firing.add(Map.of("exp_labels", labels, "exp_annotations", Map.of()));
            }
        }
        return firing;
    }

    private static String labels(Map<String, String> labels) {
        List<String> written = new ArrayList<>();
        labels.forEach((label, value) -> written.add(label + "=\"" + value + '"'));
        return "{" + String.join(",", written) + "}";
    }

    private static Map<Series, double[]> series(Random random) {
        Map<Series, double[]> series = new LinkedHashMap<>();
        for (String job : List.of("a", "b")) {
            double[] load = new double[SCRAPES];
            double[] all = new double[SCRAPES];
            double[] bad = new double[SCRAPES];
            double level = 50;
            for (int index = 0; index < SCRAPES; index++) {
                level = Math.max(0, Math.min(100, level + random.nextGaussian() * 8));
                load[index] = Math.rint(level);
                int requests = random.nextInt(4);
                boolean trouble = index / 60 % 2 == 1;
                all[index] = (index == 0 ? 0 : all[index - 1]) + requests;
                bad[index] = (index == 0 ? 0 : bad[index - 1]) + (trouble ? random.nextInt(requests + 1) : 0);
                boolean missing = job.equals("b") && index > 200 && index < 300;
                if (missing) {
                    load[index] = Double.NaN;
                }
            }
            series.put(Series.of("load", Map.of("job", job)), load);
            series.put(Series.of("all_total", Map.of("job", job)), all);
            series.put(Series.of("bad_total", Map.of("job", job)), bad);
        }
        return series;
    }
}
