package io.vitrine.grammar.schema;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * A set of numbers.
 *
 * @param divisors every number is a multiple of each
 */
record NumberRange(@Nullable Bound min, @Nullable Bound max, boolean integer, List<BigDecimal> divisors) {

    static final NumberRange ALL = new NumberRange(null, null, false, List.of());

    record Bound(BigDecimal value, boolean exclusive) {}

    NumberRange {
        divisors = List.copyOf(divisors);
    }

    static NumberRange only(BigDecimal value) {
        Bound bound = new Bound(value, false);
        return new NumberRange(bound, bound, value.stripTrailingZeros().scale() <= 0, List.of());
    }

    NumberRange atLeast(BigDecimal value, boolean exclusive) {
        return new NumberRange(tighter(min, new Bound(value, exclusive), 1), max, integer, divisors);
    }

    NumberRange atMost(BigDecimal value, boolean exclusive) {
        return new NumberRange(min, tighter(max, new Bound(value, exclusive), -1), integer, divisors);
    }

    NumberRange integers() {
        return new NumberRange(min, max, true, divisors);
    }

    NumberRange multiplesOf(BigDecimal divisor) {
        List<BigDecimal> all = new ArrayList<>(divisors);
        all.add(divisor);
        return new NumberRange(min, max, integer, all);
    }

    NumberRange and(NumberRange other) {
        List<BigDecimal> all = new ArrayList<>(divisors);
        all.addAll(other.divisors);
        return new NumberRange(
                tighter(min, other.min, 1),
                tighter(max, other.max, -1),
                integer || other.integer,
                all.stream().distinct().toList());
    }

    private static @Nullable Bound tighter(@Nullable Bound a, @Nullable Bound b, int sign) {
        if (a == null || b == null) {
            return a == null ? b : a;
        }
        int order = sign * a.value.compareTo(b.value);
        if (order == 0) {
            return a.exclusive ? a : b;
        }
        return order > 0 ? a : b;
    }
}
