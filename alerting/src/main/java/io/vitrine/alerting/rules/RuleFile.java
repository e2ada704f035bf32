package io.vitrine.alerting.rules;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.vitrine.alerting.query.PromDuration;
import io.vitrine.alerting.query.Query;
import io.vitrine.alerting.yaml.Keys;
import org.jspecify.annotations.Nullable;

/**
 * Reads rules from YAML:
 *
 * <pre>{@code
 * rules:
 *   - alert: KvCacheNearlyFull
 *     severity: P2
 *     expr: max by (model) (vitrine_kv_utilization_ratio)
 *     fires: "> 0.95"
 *     clears: "< 0.85"
 *     for: 2m
 *     clear-for: 2m
 *     labels: {area: engine}
 *     summary: "{{ value | percent }} of the KV cache of {{ labels.model }} is in use"
 *     action: Lower engine.slots or raise engine.kv-memory.
 *     runbook: kv-cache-nearly-full
 * }</pre>
 */
public final class RuleFile {

    private static final YAMLMapper MAPPER = YAMLMapper.builder(YAMLFactory.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private static final Set<String> KEYS = Set.of(
            "alert",
            "severity",
            "expr",
            "fires",
            "clears",
            "when",
            "for",
            "clear-for",
            "labels",
            "summary",
            "action",
            "runbook");

    private RuleFile() {}

    private record Document(@Nullable List<RuleEntry> rules) {}

    private record RuleEntry(
            @Nullable String alert,
            @Nullable Severity severity,
            @Nullable String expr,
            @Nullable String fires,
            @Nullable String clears,
            @Nullable String when,
            @JsonProperty("for") @Nullable String holdFor,
            @JsonProperty("clear-for") @Nullable String clearFor,
            @Nullable Map<String, String> labels,
            @Nullable String summary,
            @Nullable String action,
            @Nullable String runbook) {}

    /**
     * All rules of the text, in its order.
     *
     * @param source names the text in errors
     * @throws IllegalArgumentException if anything in it is not understood; the message names the source and the rule
     */
    public static List<AlertRule> read(String yaml, String source) {
        List<RuleEntry> entries = document(yaml, source).rules();
        return rules(entries == null ? List.of() : entries, source);
    }

    /** The same of a list that is parsed. */
    public static List<AlertRule> read(JsonNode list, String source) {
        List<RuleEntry> entries = new ArrayList<>();
        for (JsonNode node : list) {
            try {
                Keys.require(node, KEYS, "rule " + node.path("alert").asText());
                entries.add(MAPPER.treeToValue(node, RuleEntry.class));
            } catch (JsonProcessingException e) {
                throw new IllegalArgumentException(source + ": " + e.getOriginalMessage(), e);
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(source + ": " + e.getMessage(), e);
            }
        }
        return rules(entries, source);
    }

    private static List<AlertRule> rules(List<RuleEntry> entries, String source) {
        List<AlertRule> rules = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (RuleEntry entry : entries) {
            AlertRule rule;
            try {
                rule = rule(entry);
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(source + ", rule " + entry.alert() + ": " + e.getMessage(), e);
            }
            if (!names.add(rule.name())) {
                throw new IllegalArgumentException(source + ": two rules have the name " + rule.name());
            }
            rules.add(rule);
        }
        return List.copyOf(rules);
    }

    private static Document document(String yaml, String source) {
        if (yaml.isBlank()) {
            return new Document(List.of());
        }
        try {
            Document document = MAPPER.readValue(yaml, Document.class);
            return document == null ? new Document(List.of()) : document;
        } catch (JsonMappingException e) {
            throw new IllegalArgumentException(source + ": " + place(e) + e.getOriginalMessage(), e);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(source + ": not YAML: " + place(e) + e.getOriginalMessage(), e);
        }
    }

    private static String place(JsonProcessingException e) {
        return e.getLocation() == null ? "" : "line " + e.getLocation().getLineNr() + ": ";
    }

    private static AlertRule rule(RuleEntry entry) {
        Threshold fires = Threshold.parse(required("fires", entry.fires()));
        return new AlertRule(
                required("alert", entry.alert()),
                required("severity", entry.severity()),
                Query.parse(required("expr", entry.expr()).strip()),
                fires,
                entry.clears() == null ? fires.negated() : Threshold.parse(entry.clears()),
                Optional.ofNullable(entry.when()).map(String::strip).map(Query::parse),
                duration(entry.holdFor()),
                duration(entry.clearFor()),
                new TreeMap<>(entry.labels() == null ? Map.of() : entry.labels()),
                Template.parse(required("summary", entry.summary())),
                required("action", entry.action()),
                required("runbook", entry.runbook()));
    }

    private static <T> T required(String key, @Nullable T value) {
        if (value == null) {
            throw new IllegalArgumentException(key + " is missing");
        }
        return value;
    }

    private static Duration duration(@Nullable String text) {
        return text == null ? Duration.ZERO : PromDuration.parse(text);
    }
}
