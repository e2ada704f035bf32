package io.vitrine.alerting.rules;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class RuleFileTest {

    private static final String RULE = """
            rules:
              - alert: KvCacheNearlyFull
                severity: P2
                expr: max by (model) (kv_ratio)
                fires: "> 0.95"
                clears: "< 0.85"
                for: 2m
                clear-for: 90s
                labels: {area: engine}
                summary: "{{ value | percent }} of the KV cache of {{ labels.model }} is in use"
                action: Lower engine.slots.
                runbook: kv-cache-nearly-full
            """;

    @Test
    void readsARule() {
        AlertRule rule = RuleFile.read(RULE, "rules.yaml").get(0);

        assertThat(rule.name()).isEqualTo("KvCacheNearlyFull");
        assertThat(rule.severity()).isEqualTo(Severity.P2);
        assertThat(rule.holdFor()).isEqualTo(Duration.ofMinutes(2));
        assertThat(rule.clearFor()).isEqualTo(Duration.ofSeconds(90));
        assertThat(rule.summary().fill(0.973, Map.of("model", "m"))).isEqualTo("97.30% of the KV cache of m is in use");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "severity: P2|severity: P7|P7",
                "fires: \"> 0.95\"|fires: high|not a comparison such as '> 0.9': high",
                "clears: \"< 0.85\"|clears: \"> 0.5\"|must not overlap",
                "for: 2m|for: soon|not a duration such as 30s, 5m or 1h30m: soon",
                "for: 2m|four: 2m|four",
                "{area: engine}|{severity: P0}|a rule cannot set the label severity",
                "value ~ percent|value ~ dollars|number, percent, duration or bytes, not dollars",
                "expr: max by (model) (kv_ratio)|expr: max by (model) kv_ratio|'(' is missing",
                "alert: KvCacheNearlyFull|alert: full|must be in CamelCase: full",
                "runbook: kv-cache-nearly-full|runbook: ../secrets|not the name of a runbook",
                "action: Lower engine.slots.|labels2: {}|labels2",
            })
    void namesWhatIsWrong(String part, String wrong, String message) {
        String broken = RULE.replace(part.replace('~', '|'), wrong.replace('~', '|'));

        assertThat(broken).isNotEqualTo(RULE);
        assertThatThrownBy(() -> RuleFile.read(broken, "rules.yaml"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("rules.yaml")
                .hasMessageContaining(message);
    }

    @Test
    void refusesTwoRulesOfOneName() {
        String twice = RULE + RULE.substring(RULE.indexOf("  - alert"));

        assertThatThrownBy(() -> RuleFile.read(twice, "rules.yaml")).hasMessageContaining("two rules have the name");
    }

    @Test
    void readsAnEmptyFile() {
        assertThat(RuleFile.read("", "rules.yaml")).isEmpty();
        assertThat(RuleFile.read("rules: []", "rules.yaml")).isEmpty();
    }

    @Test
    void exportsTemplatesOfPrometheus() {
        Map<String, Object> document =
                PrometheusRules.document("g", RuleFile.read(RULE, "rules.yaml"), "https://x/runbooks/");

        assertThat(document.toString())
                .contains("{{ $value | humanizePercentage }} of the KV cache of {{ $labels.model }}")
                .contains("runbook_url=https://x/runbooks/kv-cache-nearly-full.md")
                .contains("keep_firing_for=90s");
    }

    @Test
    void keepsTheFingerprintOfAnAlert() {
        AlertRule rule = RuleFile.read(RULE, "rules.yaml").get(0);
        Alert one = alert(rule, "m", 1);

        assertThat(one.fingerprint())
                .isEqualTo(alert(rule, "m", 99).fingerprint())
                .hasSize(16);
        assertThat(one.fingerprint()).isNotEqualTo(alert(rule, "n", 1).fingerprint());
    }

    private static Alert alert(AlertRule rule, String model, long changed) {
        return new Alert(
                rule,
                new TreeMap<>(rule.alertLabels(Map.of("model", model))),
                AlertState.FIRING,
                1,
                changed,
                changed,
                java.util.Optional.empty());
    }

    @Test
    void showsNumbersWithTheirUnits() {
        assertThat(List.of(
                        Template.parse("{{ value | duration }}").fill(0.25, Map.of()),
                        Template.parse("{{ value | duration }}").fill(5_000, Map.of()),
                        Template.parse("{{ value | bytes }}").fill(3_221_225_472.0, Map.of()),
                        Template.parse("{{value}}").fill(3, Map.of())))
                .containsExactly("250 ms", "1 h 23 min", "3.000 GiB", "3");
    }
}
