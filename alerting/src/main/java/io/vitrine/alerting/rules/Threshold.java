package io.vitrine.alerting.rules;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A comparison with a constant, such as {@code > 0.9}.
 *
 * @param comparison on which side it holds
 */
public record Threshold(Comparison comparison, double value) {

    /** How a value is compared. */
    public enum Comparison {
        GREATER(">"),
        GREATER_OR_EQUAL(">="),
        LESS("<"),
        LESS_OR_EQUAL("<="),
        EQUAL("=="),
        NOT_EQUAL("!=");

        private final String symbol;

        Comparison(String symbol) {
            this.symbol = symbol;
        }

        Comparison negated() {
            return switch (this) {
                case GREATER -> LESS_OR_EQUAL;
                case GREATER_OR_EQUAL -> LESS;
                case LESS -> GREATER_OR_EQUAL;
                case LESS_OR_EQUAL -> GREATER;
                case EQUAL -> NOT_EQUAL;
                case NOT_EQUAL -> EQUAL;
            };
        }
    }

    private static final Pattern SYNTAX = Pattern.compile("\\s*(>=|<=|==|!=|>|<)\\s*(\\S+)\\s*");

    /**
     * Reads a comparison.
     *
     * @throws IllegalArgumentException if the text is none
     */
    public static Threshold parse(String text) {
        Matcher matcher = SYNTAX.matcher(text);
        if (matcher.matches()) {
            for (Comparison comparison : Comparison.values()) {
                if (comparison.symbol.equals(matcher.group(1))) {
                    return new Threshold(comparison, number(matcher.group(2), text));
                }
            }
        }
        throw new IllegalArgumentException("not a comparison such as '> 0.9': " + text);
    }

    private static double number(String digits, String text) {
        try {
            return Double.parseDouble(digits);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("not a comparison with a number: " + text, e);
        }
    }

    /** Whether it holds. It never does for a NaN, as in PromQL ({@code !=} excepted). */
    public boolean holds(double actual) {
        return switch (comparison) {
            case GREATER -> actual > value;
            case GREATER_OR_EQUAL -> actual >= value;
            case LESS -> actual < value;
            case LESS_OR_EQUAL -> actual <= value;
            case EQUAL -> actual == value;
            case NOT_EQUAL -> actual != value;
        };
    }

    /** Whether there is a value for which both hold. */
    boolean overlaps(Threshold other) {
        // Each comparison changes at its own value only: its sides stand for all others.
        return java.util.stream.DoubleStream.of(value, other.value)
                .flatMap(edge -> java.util.stream.DoubleStream.of(Math.nextDown(edge), edge, Math.nextUp(edge)))
                .anyMatch(candidate -> holds(candidate) && other.holds(candidate));
    }

    /** Holds where this one does not, NaN excepted. */
    public Threshold negated() {
        return new Threshold(comparison.negated(), value);
    }

    /** As PromQL writes it. */
    @Override
    public String toString() {
        String number = value == Math.rint(value) && Math.abs(value) < 1e15
                ? String.format(Locale.ROOT, "%.0f", value)
                : Double.toString(value);
        return comparison.symbol + " " + number;
    }
}
