package io.vitrine.alerting.query;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Which labels the results of an expression can have, as far as its text says so. */
final class ResultLabels {

    private static final Optional<Set<String>> NONE = Optional.of(Set.of());
    private static final Optional<Set<String>> ANY = Optional.empty();

    private ResultLabels() {}

    /** Empty if the series that are read decide it. */
    static Optional<Set<String>> of(Expression expression) {
        if (expression instanceof Expression.Literal) {
            return NONE;
        } else if (expression instanceof Expression.Aggregate aggregate) {
            Expression.Grouping grouping = aggregate.grouping();
            return grouping.keep()
                    ? Optional.of(Set.copyOf(grouping.labels()))
                    : without(of(aggregate.argument()), grouping.labels());
        } else if (expression instanceof Expression.Call call) {
            return of(call);
        } else if (expression instanceof Expression.Binary binary) {
            return of(binary);
        }
        return ANY;
    }

    private static Optional<Set<String>> of(Expression.Call call) {
        List<Expression> arguments = call.arguments();
        return switch (call.function()) {
            case ABS, CLAMP_MAX, CLAMP_MIN -> of(arguments.get(0));
            case HISTOGRAM_QUANTILE -> without(of(arguments.get(1)), List.of("le"));
            case SCALAR, TIME, VECTOR -> NONE;
            case ABSENT -> ANY;
        };
    }

    private static Optional<Set<String>> of(Expression.Binary binary) {
        Optional<Set<String>> left = of(binary.left());
        boolean filters = binary.operator() == Operator.AND || binary.operator() == Operator.UNLESS;
        return filters ? left : left.flatMap(labels -> of(binary.right()).map(others -> union(labels, others)));
    }

    private static Set<String> union(Set<String> labels, Set<String> others) {
        Set<String> all = new TreeSet<>(labels);
        all.addAll(others);
        return all;
    }

    private static Optional<Set<String>> without(Optional<Set<String>> labels, List<String> dropped) {
        return labels.map(all -> {
            Set<String> kept = new TreeSet<>(all);
            dropped.forEach(kept::remove);
            return kept;
        });
    }
}
