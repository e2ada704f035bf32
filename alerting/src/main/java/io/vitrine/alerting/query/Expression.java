package io.vitrine.alerting.query;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

import io.vitrine.alerting.series.Matcher;

/** The syntax tree of a query. */
sealed interface Expression {

    /** A literal. */
    record Literal(double value) implements Expression {}

    /** {@code metric{label="value"} offset 5m}. */
    record Selector(String metric, List<Matcher> matchers, Duration offset) implements Expression {

        public Selector {
            matchers = List.copyOf(matchers);
        }
    }

    /** {@code function(selector[window])}. */
    record RangeCall(RangeFunction function, Selector selector, Duration window, List<Expression> arguments)
            implements Expression {

        public RangeCall {
            arguments = List.copyOf(arguments);
        }
    }

    /** {@code function(argument, …)} on present values. */
    record Call(InstantFunction function, List<Expression> arguments) implements Expression {

        public Call {
            arguments = List.copyOf(arguments);
        }
    }

    /** {@code sum by (label) (argument)}. */
    record Aggregate(Aggregation aggregation, Grouping grouping, Expression argument) implements Expression {}

    /** {@code left + right}, with the labels by which elements are paired. */
    record Binary(Operator operator, Optional<Grouping> matching, boolean bool, Expression left, Expression right)
            implements Expression {}

    /**
     * Labels that are kept, or dropped.
     *
     * @param keep {@code by} and {@code on}; else {@code without} and {@code ignoring}
     */
    record Grouping(boolean keep, List<String> labels) {

        public Grouping {
            labels = List.copyOf(labels);
        }
    }
}
