package io.vitrine.alerting.rules;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import com.fasterxml.jackson.databind.JsonNode;
import io.vitrine.alerting.query.PromDuration;
import io.vitrine.alerting.series.Series;
import io.vitrine.alerting.series.SeriesStore;
import io.vitrine.alerting.series.SeriesStore.StoredSample;
import io.vitrine.alerting.yaml.Keys;

/**
 * A test of one rule: series that make it fire by a time, or leave it silent.
 *
 * @param at when it fires at the latest
 * @param series values of each in promtool's notation, one for each {@link #INTERVAL_SECONDS}
 */
public record Scenario(String rule, Duration at, boolean fires, Map<Series, List<OptionalDouble>> series) {

    /** Time between two values, and two evaluations. */
    public static final int INTERVAL_SECONDS = 15;

    private static final Pattern LABEL = Pattern.compile("([a-zA-Z_]\\w*)=\"([^\"]*)\"");
    private static final List<String> OUTCOMES = List.of("fires", "silent");
    private static final int MAX_SERIES = 10_000;
    private static final int MAX_ALERTS = 1_000;

    @Override
    public String toString() {
        return rule + (fires ? " fires" : " stays silent");
    }

    /**
     * Scenarios of a list that is parsed: {@code {rule: X, at: 10m, fires: {series: values}, silent: {series:
     * values}}}, one of the two or both.
     *
     * @throws IllegalArgumentException if anything in it is not understood
     */
    public static List<Scenario> read(JsonNode list) {
        List<Scenario> scenarios = new ArrayList<>();
        for (JsonNode entry : list) {
            String rule = entry.path("rule").asText();
            Keys.require(entry, List.of("rule", "at", "fires", "silent"), "scenario of " + rule);
            Duration at = PromDuration.parse(entry.path("at").asText("0"));
            if (OUTCOMES.stream().noneMatch(entry::has)) {
                throw new IllegalArgumentException("a scenario of " + rule + " needs fires or silent");
            }
            for (String outcome : OUTCOMES) {
                if (entry.has(outcome)) {
                    scenarios.add(new Scenario(rule, at, outcome.equals("fires"), series(entry.path(outcome))));
                }
            }
        }
        return scenarios;
    }

    /** The first alert that fires, and in a scenario that fires by the time at which it must; empty if none does. */
    public Optional<Alert> firstFiring(AlertRule of) {
        RuleEvaluator evaluator = new RuleEvaluator(of, MAX_ALERTS);
        SeriesStore store = store(INTERVAL_SECONDS);
        for (int step = 0; step < scrapes(); step++) {
            long millis = 1_000L * step * INTERVAL_SECONDS;
            if (fires && millis > at.toMillis()) {
                break;
            }
            for (Alert alert : evaluator.evaluate(store, millis)) {
                if (alert.state() == AlertState.FIRING) {
                    return Optional.of(alert);
                }
            }
        }
        return Optional.empty();
    }

    private static Map<Series, List<OptionalDouble>> series(JsonNode node) {
        Map<Series, List<OptionalDouble>> series = new LinkedHashMap<>();
        node.properties()
                .forEach(field -> series.put(
                        parse(field.getKey()),
                        SeriesNotation.parse(field.getValue().asText())));
        return series;
    }

    private static Series parse(String text) {
        Map<String, String> labels = new TreeMap<>();
        Matcher matcher = LABEL.matcher(text);
        while (matcher.find()) {
            labels.put(matcher.group(1), matcher.group(2));
        }
        return Series.of(text.replaceAll("\\{.*", ""), labels);
    }

    int scrapes() {
        return series.values().stream().mapToInt(List::size).max().orElse(0);
    }

    SeriesStore store(int intervalSeconds) {
        SeriesStore store = new SeriesStore(Duration.ofDays(1), MAX_SERIES);
        List<StoredSample> samples = new ArrayList<>();
        series.forEach((one, values) -> {
            for (int index = 0; index < values.size(); index++) {
                if (values.get(index).isPresent()) {
                    long millis = 1_000L * index * intervalSeconds;
                    samples.add(new StoredSample(one, millis, values.get(index).getAsDouble()));
                }
            }
        });
        store.restore(samples);
        return store;
    }
}
