package io.vitrine.alerting.slo;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

import io.vitrine.alerting.query.PromDuration;
import io.vitrine.alerting.query.Query;
import io.vitrine.alerting.rules.AlertRule;
import io.vitrine.alerting.rules.Severity;
import io.vitrine.alerting.rules.Template;
import io.vitrine.alerting.rules.Threshold;

/**
 * Alert rules of an objective: multi-window, multi-burn-rate, as in chapter 5 of Google's SRE workbook. A burn rate
 * must be exceeded over a long window, so that it is significant, and over one twelfth of it, so that it is current.
 */
public final class BurnRateRules {

    /** One row of the workbook's table, for a period of 30 days. */
    private enum Speed {
        FASTEST("BudgetBurnsWithinTwoDays", Severity.P0, Duration.ofHours(1), Duration.ofMinutes(5), 14.4),
        FAST("BudgetBurnsWithinFiveDays", Severity.P1, Duration.ofHours(6), Duration.ofMinutes(30), 6),
        SLOW("BudgetBurnsWithinTenDays", Severity.P2, Duration.ofDays(1), Duration.ofHours(2), 3),
        SLOWEST("BudgetBurnsWithinThePeriod", Severity.P2, Duration.ofDays(3), Duration.ofHours(6), 1);

        private final String suffix;
        private final Severity severity;
        private final Duration longWindow;
        private final Duration shortWindow;
        private final double factor;

        Speed(String suffix, Severity severity, Duration longWindow, Duration shortWindow, double factor) {
            this.suffix = suffix;
            this.severity = severity;
            this.longWindow = longWindow;
            this.shortWindow = shortWindow;
            this.factor = factor;
        }
    }

    /** Every window that is read, the shortest first. */
    static final List<Duration> WINDOWS = Arrays.stream(Speed.values())
            .flatMap(speed -> Stream.of(speed.longWindow, speed.shortWindow))
            .distinct()
            .sorted()
            .toList();

    /** The longest window that is read. */
    public static final Duration LONGEST_WINDOW = WINDOWS.get(WINDOWS.size() - 1);

    private BurnRateRules() {}

    /** The rules, the most urgent first. */
    public static List<AlertRule> of(Objective objective) {
        List<AlertRule> rules = new ArrayList<>();
        for (Speed speed : Speed.values()) {
            rules.add(rule(objective, speed));
        }
        return rules;
    }

    private static AlertRule rule(Objective objective, Speed speed) {
        String window = PromDuration.format(speed.longWindow);
        Threshold fires = new Threshold(Threshold.Comparison.GREATER, speed.factor);
        TreeMap<String, String> labels = new TreeMap<>();
        labels.put("area", "slo");
        labels.put(SloSeries.OBJECTIVE_LABEL, objective.name());
        return new AlertRule(
                camelCase(objective.name()) + speed.suffix,
                speed.severity,
                Query.parse(expression(objective, speed)),
                fires,
                fires.negated(),
                Optional.empty(),
                Duration.ZERO,
                speed.shortWindow,
                labels,
                Template.parse("objective " + objective.name() + " burns its error budget {{ value }} times as fast as"
                        + " allowed, over " + window + " and still now"),
                "Find what fails or is slow now; stop rollouts that began in the last " + window + ".",
                "slo-burn-rate");
    }

    /** The smaller burn rate of the two windows, where both have events and the long one has enough of them. */
    private static String expression(Objective objective, Speed speed) {
        String slo = "{" + SloSeries.OBJECTIVE_LABEL + "=\"" + objective.name() + "\", " + SloSeries.WINDOW_LABEL;
        String longWindow = PromDuration.format(speed.longWindow);
        String both =
                SloSeries.BURN_RATE + slo + "=~\"" + longWindow + "|" + PromDuration.format(speed.shortWindow) + "\"}";
        String without = " without (" + SloSeries.WINDOW_LABEL + ") (";
        return "min" + without + both + ") and count" + without + both + ") > 1 and sum" + without + SloSeries.EVENTS
                + slo + "=\"" + longWindow + "\"}) >= " + objective.minEvents();
    }

    private static String camelCase(String name) {
        StringBuilder result = new StringBuilder();
        boolean begins = true;
        for (int index = 0; index < name.length(); index++) {
            char character = name.charAt(index);
            if (character != '-') {
                result.append(begins ? Character.toUpperCase(character) : character);
            }
            begins = character == '-';
        }
        return result.toString();
    }
}
