package io.vitrine.alerting.plan;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.vitrine.alerting.rules.AlertRule;
import io.vitrine.alerting.rules.RuleFile;
import io.vitrine.alerting.rules.Scenario;
import io.vitrine.alerting.rules.ShippedRules;
import io.vitrine.alerting.slo.BurnRateRules;
import io.vitrine.alerting.slo.Objective;
import io.vitrine.alerting.slo.SloFile;
import io.vitrine.alerting.yaml.Keys;
import io.vitrine.alerting.yaml.Nearest;

/**
 * Reads the one file that alerts are configured in, on top of what is shipped. Its first document is ours; further ones
 * are OpenSLO's. A rule or objective of the file replaces the shipped one of its name; {@code disabled} takes rules and
 * objectives away.
 */
public final class AlertFile {

    private static final YAMLMapper MAPPER = YAMLMapper.builder(YAMLFactory.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build())
            .build();
    private static final List<String> KEYS = Stream.concat(
                    Stream.of("rules", "objectives", "disabled", "receivers", "scenarios"), RoutingReader.KEYS.stream())
            .toList();
    private static final String OBJECTIVES = "/io/vitrine/alerting/objectives.yaml";
    private static final String INHIBITIONS = "/io/vitrine/alerting/inhibitions.yaml";
    private static final String SHIPPED = "the shipped alerts";

    private AlertFile() {}

    /** What holds without a file. */
    public static AlertPlan shipped() {
        return read("", SHIPPED);
    }

    /**
     * What holds with a file of this text.
     *
     * @param source names the text in errors
     * @throws IllegalArgumentException if anything in it is not understood; the message names the source
     */
    public static AlertPlan read(String yaml, String source) {
        List<JsonNode> documents = documents(yaml, source);
        JsonNode first = documents.isEmpty() || documents.get(0).has("apiVersion")
                ? MAPPER.createObjectNode()
                : documents.remove(0);
        try {
            Keys.require(first, KEYS, "the document");
            return plan(first, documents, source);
        } catch (IllegalArgumentException e) {
            String message = String.valueOf(e.getMessage());
            throw message.startsWith(source) ? e : new IllegalArgumentException(source + ": " + message, e);
        }
    }

    private static List<JsonNode> documents(String yaml, String source) {
        List<JsonNode> documents = new ArrayList<>();
        try (MappingIterator<JsonNode> parsed = MAPPER.readerFor(JsonNode.class).readValues(yaml)) {
            while (parsed.hasNextValue()) {
                JsonNode document = parsed.nextValue();
                if (!document.isNull() && !document.isMissingNode()) {
                    documents.add(document);
                }
            }
        } catch (JsonProcessingException e) {
            String line =
                    e.getLocation() == null ? "" : "line " + e.getLocation().getLineNr() + ": ";
            throw new IllegalArgumentException(source + ": not YAML: " + line + e.getOriginalMessage(), e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return documents;
    }

    private static AlertPlan plan(JsonNode file, List<JsonNode> openSlo, String source) {
        Set<String> disabled = new LinkedHashSet<>();
        file.path("disabled").forEach(name -> disabled.add(name.asText()));
        List<JsonNode> objectiveDocuments = new ArrayList<>(openSlo);
        if (file.has("objectives")) {
            objectiveDocuments.add(MAPPER.createObjectNode().set("objectives", file.path("objectives")));
        }
        List<Objective> allObjectives = merged(
                SloFile.read(resource(OBJECTIVES), SHIPPED), SloFile.read(objectiveDocuments, source), Objective::name);
        List<AlertRule> ownRules = RuleFile.read(file.path("rules"), source);
        List<AlertRule> allRules = new ArrayList<>(merged(ShippedRules.read(), ownRules, AlertRule::name));
        List<Objective> objectives = without(allObjectives, disabled, Objective::name);
        objectives.forEach(objective -> allRules.addAll(BurnRateRules.of(objective)));
        requireKnown(disabled, allRules, allObjectives);
        requireUnique(allRules);
        Map<String, String> receivers = receiverTypes(file.path("receivers"));
        return new AlertPlan(
                without(allRules, disabled, AlertRule::name),
                objectives,
                RoutingReader.read(
                        file,
                        receivers,
                        RoutingReader.inhibitions(
                                documents(resource(INHIBITIONS), SHIPPED).get(0))),
                file.path("receivers"),
                scenarios(file.path("scenarios"), allRules));
    }

    private static <T> List<T> merged(List<T> shipped, List<T> own, Function<T, String> name) {
        Map<String, T> byName = new LinkedHashMap<>();
        Stream.concat(shipped.stream(), own.stream()).forEach(one -> byName.put(name.apply(one), one));
        return List.copyOf(byName.values());
    }

    private static <T> List<T> without(List<T> all, Set<String> disabled, Function<T, String> name) {
        return all.stream().filter(one -> !disabled.contains(name.apply(one))).toList();
    }

    private static void requireKnown(Set<String> disabled, List<AlertRule> rules, List<Objective> objectives) {
        Set<String> known = new LinkedHashSet<>();
        rules.forEach(rule -> known.add(rule.name()));
        objectives.forEach(objective -> known.add(objective.name()));
        for (String name : disabled) {
            if (!known.contains(name)) {
                throw new IllegalArgumentException(
                        "disabled: there is no rule or objective " + name + Nearest.hint(name, known));
            }
        }
    }

    private static void requireUnique(List<AlertRule> rules) {
        Set<String> names = new LinkedHashSet<>();
        for (AlertRule rule : rules) {
            if (!names.add(rule.name())) {
                throw new IllegalArgumentException(
                        "a rule has the name of an objective's burn-rate rule: " + rule.name());
            }
        }
    }

    private static List<Scenario> scenarios(JsonNode list, List<AlertRule> rules) {
        List<Scenario> scenarios = Scenario.read(list);
        List<String> names = rules.stream().map(AlertRule::name).toList();
        for (Scenario scenario : scenarios) {
            if (!names.contains(scenario.rule())) {
                throw new IllegalArgumentException(
                        "scenarios: there is no rule " + scenario.rule() + Nearest.hint(scenario.rule(), names));
            }
        }
        return scenarios;
    }

    private static Map<String, String> receiverTypes(JsonNode receivers) {
        if (!receivers.isObject() && !receivers.isMissingNode() && !receivers.isNull()) {
            throw new IllegalArgumentException("receivers must be settings by name");
        }
        Map<String, String> types = new LinkedHashMap<>();
        receivers
                .properties()
                .forEach(entry ->
                        types.put(entry.getKey(), entry.getValue().path("type").asText()));
        return types;
    }

    private static String resource(String name) {
        try (InputStream resource = AlertFile.class.getResourceAsStream(name)) {
            if (resource == null) {
                throw new IllegalStateException("not in the jar: " + name);
            }
            return new String(resource.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
