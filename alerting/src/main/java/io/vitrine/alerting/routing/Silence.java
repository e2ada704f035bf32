package io.vitrine.alerting.routing;

import java.util.List;
import java.util.Map;

import io.vitrine.alerting.series.Matcher;

/**
 * Alerts that pass the matchers send no messages for a while. They are still evaluated and shown.
 *
 * @param startMillis included, since 1970
 * @param endMillis excluded
 * @param author who made it
 * @param reason why
 */
public record Silence(
        String id, List<Matcher> matchers, long startMillis, long endMillis, String author, String reason) {

    public Silence {
        matchers = List.copyOf(matchers);
        if (matchers.isEmpty()) {
            throw new IllegalArgumentException("a silence needs at least one matcher");
        }
        if (matchers.stream().allMatch(matcher -> matcher.matches(Map.of()))) {
            throw new IllegalArgumentException("a silence must not match everything: " + matchers);
        }
        if (endMillis <= startMillis) {
            throw new IllegalArgumentException("a silence must end after its start");
        }
        if (author.isBlank() || reason.isBlank()) {
            throw new IllegalArgumentException("a silence needs an author and a reason");
        }
    }

    boolean covers(Map<String, String> labels, long atMillis) {
        return startMillis <= atMillis && atMillis < endMillis && Matcher.allMatch(matchers, labels);
    }
}
