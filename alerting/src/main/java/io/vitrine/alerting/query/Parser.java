package io.vitrine.alerting.query;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Stream;

import io.vitrine.alerting.query.Expression.Grouping;
import io.vitrine.alerting.query.Expression.Selector;
import io.vitrine.alerting.series.Matcher;

/** Reads the part of PromQL that rules use, by recursive descent. What Prometheus has beyond it is refused by name. */
final class Parser {

    private static final Pattern NAME = Pattern.compile("[a-zA-Z_:][a-zA-Z0-9_:]*");
    private static final Pattern LABEL = Pattern.compile("[a-zA-Z_][a-zA-Z0-9_]*");
    private static final Pattern NUMBER = Pattern.compile("(?:\\d+\\.?\\d*|\\.\\d+)(?:[eE][+-]?\\d+)?");
    private static final Pattern SPACE = Pattern.compile("(?:\\s|#[^\\n]*)+");
    private static final int MAX_LENGTH = 10_000;
    private static final int MAX_DEPTH = 50;

    private final String text;
    private final java.util.regex.Matcher scanner;
    private int position;
    private int depth;

    private Parser(String text) {
        this.text = text;
        this.scanner = SPACE.matcher(text);
    }

    /** @throws QueryException if it is not such an expression */
    static Expression parse(String text) {
        if (text.length() > MAX_LENGTH) {
            throw new QueryException(text.substring(0, 40) + "…", 0, "longer than " + MAX_LENGTH + " characters");
        }
        Parser parser = new Parser(text);
        parser.skipSpace();
        Expression expression = parser.binary(1);
        if (parser.position < text.length()) {
            throw parser.error("not understood: '" + text.substring(parser.position) + "'");
        }
        return expression;
    }

    private Expression binary(int binding) {
        enter();
        Expression left = unary();
        for (Optional<Operator> next = operator(binding); next.isPresent(); next = operator(binding)) {
            Operator operator = next.get();
            boolean bool = operator.isComparison() && keyword("bool");
            Optional<Grouping> matching = matching();
            Expression right = binary(operator.binding() + 1);
            left = new Expression.Binary(operator, matching, bool, left, right);
        }
        depth--;
        return left;
    }

    private void enter() {
        if (++depth > MAX_DEPTH) {
            throw error("nested more than " + MAX_DEPTH + " deep");
        }
    }

    /** The next operator if it binds at least so tightly; longer symbols first. */
    private Optional<Operator> operator(int binding) {
        return Stream.of(Operator.values())
                .sorted((one, other) ->
                        Integer.compare(other.symbol().length(), one.symbol().length()))
                .filter(operator -> operator.binding() >= binding)
                .filter(operator -> operator.isSet() ? keyword(operator.symbol()) : symbol(operator.symbol()))
                .findFirst();
    }

    private Optional<Grouping> matching() {
        for (boolean keep : new boolean[] {true, false}) {
            if (keyword(keep ? "on" : "ignoring")) {
                Grouping grouping = new Grouping(keep, labels());
                if (keyword("group_left") || keyword("group_right")) {
                    throw error("group_left and group_right are not supported");
                }
                return Optional.of(grouping);
            }
        }
        return Optional.empty();
    }

    private Expression unary() {
        if (!symbol("-")) {
            return primary();
        }
        enter();
        Expression operand = unary();
        depth--;
        return new Expression.Binary(Operator.MULTIPLY, Optional.empty(), false, new Expression.Literal(-1), operand);
    }

    private Expression primary() {
        if (symbol("(")) {
            Expression inside = binary(1);
            require(")");
            return inside;
        }
        Optional<String> number = token(NUMBER);
        if (number.isPresent()) {
            return new Expression.Literal(Double.parseDouble(number.get()));
        }
        String name = token(NAME).orElseThrow(() -> error("a metric, function, number or '(' is missing"));
        if (name.equalsIgnoreCase("inf") || name.equalsIgnoreCase("nan")) {
            return new Expression.Literal(name.equalsIgnoreCase("inf") ? Double.POSITIVE_INFINITY : Double.NaN);
        }
        Optional<Aggregation> aggregation = Arrays.stream(Aggregation.values())
                .filter(candidate -> candidate.name().toLowerCase(Locale.ROOT).equals(name))
                .findFirst();
        if (aggregation.isPresent()) {
            return aggregate(aggregation.get());
        }
        return symbol("(") ? call(name) : selector(name);
    }

    private Expression aggregate(Aggregation aggregation) {
        Optional<Grouping> before = grouping();
        require("(");
        Expression argument = binary(1);
        require(")");
        Grouping grouping = before.or(this::grouping).orElse(new Grouping(true, List.of()));
        return new Expression.Aggregate(aggregation, grouping, argument);
    }

    private Optional<Grouping> grouping() {
        for (boolean keep : new boolean[] {true, false}) {
            if (keyword(keep ? "by" : "without")) {
                return Optional.of(new Grouping(keep, labels()));
            }
        }
        return Optional.empty();
    }

    private List<String> labels() {
        require("(");
        List<String> labels = new ArrayList<>();
        while (!symbol(")")) {
            labels.add(token(LABEL).orElseThrow(() -> error("a label is missing")));
            if (!symbol(",")) {
                require(")");
                break;
            }
        }
        return labels;
    }

    private Expression call(String name) {
        for (RangeFunction function : RangeFunction.values()) {
            if (function.symbol().equals(name)) {
                return rangeCall(function);
            }
        }
        for (InstantFunction function : InstantFunction.values()) {
            if (function.symbol().equals(name)) {
                return instantCall(function);
            }
        }
        throw error("the function " + name + " is not supported");
    }

    private Expression rangeCall(RangeFunction function) {
        String metric = token(NAME).orElseThrow(() -> error("a metric is missing"));
        List<Matcher> matchers = matchers();
        require("[");
        Duration window = duration();
        require("]");
        Selector selector = new Selector(metric, matchers, offset());
        List<Expression> arguments = new ArrayList<>();
        if (function.takesNumber()) {
            require(",");
            arguments.add(binary(1));
        }
        require(")");
        return new Expression.RangeCall(function, selector, window, arguments);
    }

    private Expression instantCall(InstantFunction function) {
        List<Expression> arguments = new ArrayList<>();
        while (!symbol(")")) {
            arguments.add(binary(1));
            if (!symbol(",")) {
                require(")");
                break;
            }
        }
        if (arguments.size() != function.argumentCount()) {
            throw error(function.symbol() + " takes " + function.argumentCount() + " arguments");
        }
        return new Expression.Call(function, arguments);
    }

    private Selector selector(String metric) {
        List<Matcher> matchers = matchers();
        if (symbol("[")) {
            throw error("a window is for functions such as rate only");
        }
        return new Selector(metric, matchers, offset());
    }

    private List<Matcher> matchers() {
        List<Matcher> matchers = new ArrayList<>();
        if (!symbol("{")) {
            return matchers;
        }
        while (!symbol("}")) {
            String label = token(LABEL).orElseThrow(() -> error("a label is missing"));
            Matcher.Operator operator = matcherOperator();
            try {
                matchers.add(new Matcher(label, operator, string()));
            } catch (PatternSyntaxException e) {
                throw error("the regular expression of " + label + " cannot be read");
            }
            if (!symbol(",")) {
                require("}");
                break;
            }
        }
        return matchers;
    }

    private Matcher.Operator matcherOperator() {
        for (Matcher.Operator operator : List.of(
                Matcher.Operator.MATCHES,
                Matcher.Operator.NOT_MATCHES,
                Matcher.Operator.NOT_EQUAL,
                Matcher.Operator.EQUAL)) {
            if (symbol(operator.symbol())) {
                return operator;
            }
        }
        throw error("=, !=, =~ or !~ is missing");
    }

    private String string() {
        if (position == text.length() || "\"'".indexOf(text.charAt(position)) < 0) {
            throw error("a quoted text is missing");
        }
        char quote = text.charAt(position);
        StringBuilder value = new StringBuilder();
        for (int index = position + 1; index < text.length(); index++) {
            char character = text.charAt(index);
            if (character == quote) {
                position = index + 1;
                skipSpace();
                return value.toString();
            }
            if (character == '\\' && index + 1 < text.length()) {
                index++;
                char escaped = text.charAt(index);
                value.append(escaped == 'n' ? '\n' : escaped == 't' ? '\t' : escaped);
            } else {
                value.append(character);
            }
        }
        throw error("a text is not closed");
    }

    private Duration offset() {
        return keyword("offset") ? duration() : Duration.ZERO;
    }

    private Duration duration() {
        String token = token(PromDuration.SYNTAX).orElseThrow(() -> error("a duration such as 5m is missing"));
        Duration duration = PromDuration.parse(token);
        if (duration.isZero()) {
            throw error("a duration must be longer than nothing");
        }
        return duration;
    }

    private boolean keyword(String word) {
        int end = position + word.length();
        boolean there = text.regionMatches(true, position, word, 0, word.length())
                && (end == text.length() || (!Character.isLetterOrDigit(text.charAt(end)) && text.charAt(end) != '_'));
        if (there) {
            position = end;
            skipSpace();
        }
        return there;
    }

    private boolean symbol(String symbol) {
        if (!text.startsWith(symbol, position)) {
            return false;
        }
        position += symbol.length();
        skipSpace();
        return true;
    }

    private void require(String symbol) {
        if (!symbol(symbol)) {
            throw error("'" + symbol + "' is missing");
        }
    }

    private Optional<String> token(Pattern pattern) {
        scanner.usePattern(pattern).region(position, text.length());
        if (!scanner.lookingAt()) {
            return Optional.empty();
        }
        String token = scanner.group();
        position = scanner.end();
        skipSpace();
        return Optional.of(token);
    }

    private void skipSpace() {
        scanner.usePattern(SPACE).region(position, text.length());
        if (scanner.lookingAt()) {
            position = scanner.end();
        }
    }

    private QueryException error(String message) {
        return new QueryException(text, position, message);
    }
}
