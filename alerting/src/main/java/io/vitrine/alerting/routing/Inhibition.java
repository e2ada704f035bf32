package io.vitrine.alerting.routing;

import java.util.List;
import java.util.Map;

import io.vitrine.alerting.series.Matcher;

/**
 * While an alert that passes {@code source} fires, those that pass {@code target} send no messages: they follow from
 * it. An alert never inhibits itself.
 *
 * @param equal labels that must have the same values on both
 */
public record Inhibition(List<Matcher> source, List<Matcher> target, List<String> equal) {

    public Inhibition {
        source = List.copyOf(source);
        target = List.copyOf(target);
        equal = List.copyOf(equal);
    }

    boolean inhibits(Map<String, String> firing, Map<String, String> other) {
        return !firing.equals(other)
                && Matcher.allMatch(source, firing)
                && Matcher.allMatch(target, other)
                // What is a source itself is not kept back by its like: two causes would silence each other.
                && !Matcher.allMatch(source, other)
                && equal.stream()
                        .allMatch(label -> firing.getOrDefault(label, "").equals(other.getOrDefault(label, "")));
    }
}
