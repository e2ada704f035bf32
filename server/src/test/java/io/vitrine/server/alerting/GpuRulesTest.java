package io.vitrine.server.alerting;

import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.vitrine.alerting.rules.AlertRule;
import io.vitrine.alerting.rules.ShippedRules;
import io.vitrine.gpu.GpuMetric;
import io.vitrine.observability.catalogue.GpuMeters;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Rules about GPUs select series that there are. */
class GpuRulesTest {

    private static final Pattern PART = Pattern.compile("(hw_\\w+)\\{part=~?\"([^\"]*)\"");

    @Test
    void matchesPartsThatMetersHave() {
        int matchers = 0;
        for (AlertRule rule : ShippedRules.read()) {
            Matcher matcher = PART.matcher(rule.expr().toString());
            while (matcher.find()) {
                matchers++;
                String meter = matcher.group(1);
                Pattern part = Pattern.compile(matcher.group(2));
                assertThat(Arrays.stream(GpuMetric.values())
                                .filter(metric -> !metric.semanticName().isEmpty()
                                        && meter.startsWith(
                                                metric.semanticName().replace('.', '_')))
                                .map(GpuMeters::part))
                        .as(rule.name())
                        .anyMatch(name -> part.matcher(name).matches());
            }
        }
        assertThat(matchers).isPositive();
    }
}
