package io.vitrine.alerting.query;

import java.util.function.DoubleBinaryOperator;

import org.jspecify.annotations.Nullable;

/** Binary operators, from the loosest to the tightest binding. */
enum Operator {
    OR("or", 1, null),
    AND("and", 2, null),
    UNLESS("unless", 2, null),
    EQUAL("==", 3, (left, right) -> truth(left == right)),
    NOT_EQUAL("!=", 3, (left, right) -> truth(left != right)),
    LESS("<", 3, (left, right) -> truth(left < right)),
    GREATER(">", 3, (left, right) -> truth(left > right)),
    LESS_OR_EQUAL("<=", 3, (left, right) -> truth(left <= right)),
    GREATER_OR_EQUAL(">=", 3, (left, right) -> truth(left >= right)),
    ADD("+", 4, Double::sum),
    SUBTRACT("-", 4, (left, right) -> left - right),
    MULTIPLY("*", 5, (left, right) -> left * right),
    DIVIDE("/", 5, (left, right) -> left / right),
    MODULO("%", 5, (left, right) -> left % right);

    private static final int COMPARISON = 3;

    private final String symbol;
    private final int binding;

    @SuppressWarnings("ImmutableEnumChecker") // lambdas that capture nothing
    private final @Nullable DoubleBinaryOperator arithmetic;

    Operator(String symbol, int binding, @Nullable DoubleBinaryOperator arithmetic) {
        this.symbol = symbol;
        this.binding = binding;
        this.arithmetic = arithmetic;
    }

    private static double truth(boolean value) {
        return value ? 1 : 0;
    }

    String symbol() {
        return symbol;
    }

    int binding() {
        return binding;
    }

    /** Whether it selects elements by their labels alone. */
    boolean isSet() {
        return arithmetic == null;
    }

    /** Whether it keeps the elements for which it holds. */
    boolean isComparison() {
        return binding == COMPARISON;
    }

    double apply(double left, double right) {
        if (arithmetic == null) {
            throw new IllegalStateException(symbol + " works on sets");
        }
        return arithmetic.applyAsDouble(left, right);
    }
}
