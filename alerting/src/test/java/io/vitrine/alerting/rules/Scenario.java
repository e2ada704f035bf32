package io.vitrine.alerting.rules;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.vitrine.alerting.query.PromDuration;
import io.vitrine.alerting.series.Series;
import io.vitrine.alerting.series.SeriesStore;
import io.vitrine.alerting.series.SeriesStore.StoredSample;

/**
 * Series that make one rule fire, or leave it silent.
 *
 * @param series values of each, one for each scrape
 */
record Scenario(String rule, Duration at, boolean fires, Map<Series, List<OptionalDouble>> series) {

    private static final Pattern LABEL = Pattern.compile("([a-zA-Z_]\\w*)=\"([^\"]*)\"");

    @Override
    public String toString() {
        return rule + (fires ? " fires" : " stays silent");
    }

    /** Both of every rule. */
    static List<Scenario> all() throws IOException {
        List<Scenario> scenarios = new ArrayList<>();
        JsonNode document;
        try (InputStream resource = Scenario.class.getResourceAsStream("/io/vitrine/alerting/scenarios.yaml")) {
            document = new YAMLMapper().readTree(resource);
        }
        for (JsonNode entry : document.path("scenarios")) {
            for (String kind : List.of("fires", "silent")) {
                scenarios.add(new Scenario(
                        entry.path("rule").asText(),
                        PromDuration.parse(entry.path("at").asText()),
                        kind.equals("fires"),
                        series(entry.path(kind))));
            }
        }
        return scenarios;
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
        SeriesStore store = new SeriesStore(Duration.ofDays(1), 100);
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
