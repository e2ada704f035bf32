package io.vitrine.alerting.series;

import java.util.regex.Pattern;

/** One condition on a label: {@code label="value"} and its three relatives. A label that is absent has the empty value. */
public final class Matcher {

    /** How the value is compared. */
    public enum Operator {
        EQUAL("="),
        NOT_EQUAL("!="),
        MATCHES("=~"),
        NOT_MATCHES("!~");

        private final String symbol;

        Operator(String symbol) {
            this.symbol = symbol;
        }

        /** As PromQL writes it. */
        public String symbol() {
            return symbol;
        }
    }

    private final String label;
    private final Operator operator;
    private final String value;
    private final Pattern pattern;

    /** @throws java.util.regex.PatternSyntaxException if a regular expression cannot be read */
    public Matcher(String label, Operator operator, String value) {
        this.label = label;
        this.operator = operator;
        this.value = value;
        boolean regex = operator == Operator.MATCHES || operator == Operator.NOT_MATCHES;
        this.pattern = Pattern.compile(regex ? value : Pattern.quote(value), Pattern.DOTALL);
    }

    public String label() {
        return label;
    }

    /** Whether a series has a value that passes. The whole value must match a regular expression. */
    public boolean matches(Series series) {
        String actual = series.labels().getOrDefault(label, "");
        boolean matches = pattern.matcher(actual).matches();
        return (operator == Operator.EQUAL || operator == Operator.MATCHES) == matches;
    }

    /** Whether the value is fixed by equality, so that {@code absent()} can state it. */
    public boolean isEquality() {
        return operator == Operator.EQUAL;
    }

    public String value() {
        return value;
    }

    /** As PromQL writes it. */
    @Override
    public String toString() {
        return label + operator.symbol() + '"' + value.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }
}
