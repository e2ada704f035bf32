package io.vitrine.alerting.slo;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.vitrine.alerting.query.PromDuration;
import io.vitrine.alerting.yaml.Keys;

/**
 * Reads objectives from YAML. Documents of OpenSLO v1 ({@code kind: SLO} with a ratio metric of Prometheus queries) and of ours may
 * stand in one file:
 *
 * <pre>{@code
 * objectives:
 *   - name: chat-ttft
 *     description: The first token comes within 500 ms.
 *     target: 0.99
 *     period: 30d
 *     min-events: 20
 *     good: sum by (model) (increase(vitrine_x_bucket{le="0.5"}[{{.window}}]))
 *     total: sum by (model) (increase(vitrine_x_count[{{.window}}]))
 * }</pre>
 */
public final class SloFile {

    private static final YAMLMapper MAPPER = YAMLMapper.builder(YAMLFactory.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build())
            .build();
    private static final Set<String> KEYS =
            Set.of("name", "description", "target", "period", "min-events", "good", "bad", "total");
    private static final long DEFAULT_MIN_EVENTS = 20;
    private static final String OPEN_SLO = "openslo/v1";

    private SloFile() {}

    /**
     * All objectives of the text, in its order.
     *
     * @throws IllegalArgumentException if anything in it is not understood; the message names the source
     */
    public static List<Objective> read(String yaml, String source) {
        List<JsonNode> nodes = new ArrayList<>();
        try (MappingIterator<JsonNode> documents =
                MAPPER.readerFor(JsonNode.class).readValues(yaml)) {
            while (documents.hasNextValue()) {
                nodes.add(documents.nextValue());
            }
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(source + ": not YAML: " + e.getOriginalMessage(), e);
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        return read(nodes, source);
    }

    /** The same of documents that are parsed. */
    public static List<Objective> read(List<JsonNode> documents, String source) {
        List<Objective> objectives = new ArrayList<>();
        try {
            documents.forEach(document -> objectives.addAll(document(document)));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(source + ": " + e.getMessage(), e);
        }
        Set<String> names = new HashSet<>();
        for (Objective objective : objectives) {
            if (!names.add(objective.name())) {
                throw new IllegalArgumentException(source + ": two objectives have the name " + objective.name());
            }
        }
        return List.copyOf(objectives);
    }

    private static List<Objective> document(JsonNode document) {
        if (document.isNull() || document.isMissingNode()) {
            return List.of();
        }
        if (document.has("apiVersion")) {
            return OPEN_SLO.equals(document.path("apiVersion").asText()) ? openSlo(document) : unknownVersion(document);
        }
        Keys.require(document, Set.of("objectives"), "the document");
        List<Objective> objectives = new ArrayList<>();
        document.path("objectives").forEach(node -> objectives.add(objective(node)));
        return objectives;
    }

    private static List<Objective> unknownVersion(JsonNode document) {
        throw new IllegalArgumentException("apiVersion must be " + OPEN_SLO + ": "
                + document.path("apiVersion").asText());
    }

    private static Objective objective(JsonNode node) {
        String name = text(node, "name");
        Keys.require(node, KEYS, name);
        String total = text(node, "total");
        return new Objective(
                name,
                node.path("description").asText(""),
                bad(node, total, name),
                total,
                number(node, "target"),
                node.has("period") ? PromDuration.parse(text(node, "period")) : Duration.ofDays(30),
                node.has("min-events") ? (long) number(node, "min-events") : DEFAULT_MIN_EVENTS);
    }

    /** Good events are what is left of the total without the bad ones. */
    private static String bad(JsonNode node, String total, String name) {
        if (node.has("good") == node.has("bad")) {
            throw new IllegalArgumentException(name + ": either good or bad must be given");
        }
        return node.has("bad") ? text(node, "bad") : badOfGood(text(node, "good"), total);
    }

    private static String badOfGood(String good, String total) {
        return "(" + total + ") - ((" + good + ") or (" + total + ") * 0)";
    }

    /** Documents that only describe (services, data sources, policies) have no objective. */
    private static List<Objective> openSlo(JsonNode document) {
        if (!document.path("kind").asText().equals("SLO")) {
            return List.of();
        }
        String name = document.path("metadata").path("name").asText();
        JsonNode spec = document.path("spec");
        JsonNode ratio = spec.path("indicator").path("spec").path("ratioMetric");
        if (ratio.isMissingNode()) {
            throw new IllegalArgumentException(name + ": only an inline indicator with a ratioMetric is supported");
        }
        String total = query(ratio.path("total"), name);
        String bad =
                ratio.has("bad") ? query(ratio.path("bad"), name) : badOfGood(query(ratio.path("good"), name), total);
        List<Objective> objectives = new ArrayList<>();
        JsonNode targets = spec.path("objectives");
        for (int index = 0; index < targets.size(); index++) {
            objectives.add(new Objective(
                    targets.size() == 1 ? name : name + "-" + (index + 1),
                    spec.path("description").asText(""),
                    bad,
                    total,
                    target(targets.get(index)),
                    PromDuration.parse(
                            spec.path("timeWindow").path(0).path("duration").asText("30d")),
                    DEFAULT_MIN_EVENTS));
        }
        return objectives;
    }

    private static double target(JsonNode objective) {
        return objective.has("targetPercent") ? number(objective, "targetPercent") / 100 : number(objective, "target");
    }

    private static String query(JsonNode metric, String name) {
        String query = metric.path("metricSource").path("spec").path("query").asText("");
        if (query.isEmpty()) {
            throw new IllegalArgumentException(name + ": a metricSource without spec.query");
        }
        return query;
    }

    private static String text(JsonNode node, String key) {
        if (!node.path(key).isTextual()) {
            throw new IllegalArgumentException(key + " is missing");
        }
        return node.path(key).asText().strip();
    }

    private static double number(JsonNode node, String key) {
        if (!node.path(key).isNumber()) {
            throw new IllegalArgumentException(key + " must be a number");
        }
        return node.path(key).asDouble();
    }
}
