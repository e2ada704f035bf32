package io.vitrine.loadtest.measure;

import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Limits that a good request keeps, all of them, on the clock that begins at the intended time.
 *
 * @param limitNanos by metric; of TTFT_USER, TPOT, E2E_USER and LONGEST_GAP
 */
public record Objectives(Map<Metric, Double> limitNanos) {

    public static final Objectives NONE = new Objectives(Map.of());

    private enum Judgement {
        GOOD,
        BAD,
        NOT_EVALUABLE
    }

    public Objectives {
        limitNanos = Map.copyOf(limitNanos);
    }

    /** Reads {@code ttft=500ms,tpot=50ms,e2e=3s,gap=1s}. */
    public static Objectives parse(String text) {
        Map<Metric, Double> limits = new EnumMap<>(Metric.class);
        for (String part : text.split(",", -1)) {
            String[] pair = part.split("=", 2);
            if (pair.length != 2) {
                throw new IllegalArgumentException("an objective is NAME=TIME, such as ttft=500ms: " + part);
            }
            limits.put(metric(pair[0].trim()), (double) Durations.nanos(pair[1].trim()));
        }
        return new Objectives(limits);
    }

    private static Metric metric(String name) {
        return switch (name.toLowerCase(Locale.ROOT)) {
            case "ttft" -> Metric.TTFT_USER;
            case "tpot" -> Metric.TPOT;
            case "e2e" -> Metric.E2E_USER;
            case "gap" -> Metric.LONGEST_GAP;
            default -> throw new IllegalArgumentException("an objective is on ttft, tpot, e2e or gap: " + name);
        };
    }

    /** Whether a request counts as good; empty if it counts for neither side. */
    public Optional<Boolean> good(RequestRecord record) {
        return switch (judge(record)) {
            case GOOD -> Optional.of(true);
            case BAD -> Optional.of(false);
            case NOT_EVALUABLE -> Optional.empty();
        };
    }

    /** Cancelled as planned and cut off by the end are no fault of the server. A metric that a request cannot have excludes it. */
    private Judgement judge(RequestRecord record) {
        if (record.outcome() == Outcome.CANCELLED || record.outcome() == Outcome.CUT_OFF) {
            return Judgement.NOT_EVALUABLE;
        }
        if (!record.completed() || !LengthRule.keeps(record)) {
            return Judgement.BAD;
        }
        boolean evaluable = true;
        for (Map.Entry<Metric, Double> limit : limitNanos.entrySet()) {
            OptionalDouble value = limit.getKey().of(record);
            if (value.isEmpty()) {
                evaluable = false;
            } else if (value.getAsDouble() > limit.getValue()) {
                return Judgement.BAD;
            }
        }
        return evaluable ? Judgement.GOOD : Judgement.NOT_EVALUABLE;
    }
}
