package io.vitrine.alerting.series;

import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * One condition on a label: {@code label="value"} and its three relatives. A label that is absent has the empty value.
 */
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

    private static final Pattern SYNTAX =
            Pattern.compile("([a-zA-Z_][a-zA-Z0-9_]*)\\s*(=~|!~|!=|=)\\s*(?:\"([^\"]*)\"|([^\"\\s]*))");

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

    /** Whether all of them pass. */
    public static boolean allMatch(List<Matcher> matchers, Map<String, String> labels) {
        return matchers.stream().allMatch(matcher -> matcher.matches(labels));
    }

    /**
     * Reads one matcher as PromQL and amtool write it: {@code severity="P1"}, {@code model=~"smol.*"}; quotes may be
     * left out.
     *
     * @throws IllegalArgumentException if it is none
     */
    public static Matcher parse(String text) {
        java.util.regex.Matcher parts = SYNTAX.matcher(text.strip());
        if (!parts.matches()) {
            throw new IllegalArgumentException("not a matcher such as severity=\"P1\": " + text);
        }
        String value = parts.group(3) == null ? parts.group(4) : parts.group(3);
        for (Operator operator : Operator.values()) {
            if (operator.symbol().equals(parts.group(2))) {
                return new Matcher(parts.group(1), operator, value);
            }
        }
        throw new IllegalStateException(text);
    }

    public String label() {
        return label;
    }

    /** Whether the labels have a value that passes. The whole value must match a regular expression. */
    public boolean matches(Map<String, String> labels) {
        String actual = labels.getOrDefault(label, "");
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
