package io.vitrine.grammar.schema;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;

import io.vitrine.grammar.GrammarException;
import io.vitrine.grammar.automaton.ByteSet;
import io.vitrine.grammar.automaton.Language;
import io.vitrine.grammar.automaton.Languages;
import org.jspecify.annotations.Nullable;

/**
 * Numbers as JSON writes them. Integers have neither fraction nor exponent, and bounded numbers no exponent; an
 * unbounded number may have both. Digits are limited, since some models would otherwise never end them.
 */
final class NumberText {

    static final int MAX_DIGITS = 64;

    private static final int MAX_DIVISOR = 10_000;
    private static final int MAX_DIVISOR_SCALE = 18;

    private final Languages languages;
    private final Language digit;
    private final Language digits;
    private final Language positiveDigit;
    private final Language wholePart;
    private final Language fraction;

    NumberText(Languages languages) {
        this.languages = languages;
        this.digit = languages.bytes(ByteSet.range('0', '9'));
        this.digits = languages.repetition(digit, 0, Languages.UNBOUNDED);
        this.positiveDigit = languages.bytes(ByteSet.range('1', '9'));
        this.wholePart = languages.union(
                languages.literal("0"),
                languages.concatenation(positiveDigit, languages.repetition(digit, 0, MAX_DIGITS - 1)));
        this.fraction = languages.optional(
                languages.concatenation(languages.literal("."), languages.repetition(digit, 1, MAX_DIGITS)));
    }

    Language of(NumberRange range) {
        Language minus = languages.literal("-");
        if (range.min() == null && range.max() == null) {
            Language magnitude = magnitude(range);
            if (!range.integer() && range.divisors().isEmpty()) {
                magnitude = languages.concatenation(magnitude, exponent());
            }
            return languages.concatenation(languages.optional(minus), magnitude);
        }
        List<Language> signs = new ArrayList<>();
        NumberRange.Bound min = range.min();
        NumberRange.Bound max = range.max();
        NumberRange.Bound zero = new NumberRange.Bound(BigDecimal.ZERO, false);
        if (max == null || max.value().signum() >= 0) {
            NumberRange.Bound low = min == null || min.value().signum() < 0 ? zero : min;
            signs.add(between(range, low, max));
        }
        if (min == null || min.value().signum() < 0) {
            NumberRange.Bound low = max == null || max.value().signum() > 0 ? zero : negated(max);
            signs.add(languages.concatenation(minus, between(range, low, min == null ? null : negated(min))));
        }
        return languages.union(signs);
    }

    private static NumberRange.Bound negated(NumberRange.Bound bound) {
        return new NumberRange.Bound(bound.value().negate(), bound.exclusive());
    }

    private Language between(NumberRange range, NumberRange.Bound low, NumberRange.@Nullable Bound high) {
        List<Language> parts = new ArrayList<>(List.of(magnitude(range), atLeast(low)));
        if (high != null) {
            parts.add(atMost(high));
        }
        return languages.intersection(parts);
    }

    /** Numbers without sign and exponent, bounds aside. */
    private Language magnitude(NumberRange range) {
        List<Language> parts = new ArrayList<>();
        parts.add(range.integer() ? wholePart : languages.concatenation(wholePart, fraction));
        range.divisors().forEach(divisor -> parts.add(multiple(divisor)));
        return languages.intersection(parts);
    }

    private Language exponent() {
        return languages.optional(languages.concatenation(
                languages.bytes(ByteSet.of("eE")),
                languages.optional(languages.bytes(ByteSet.of("+-"))),
                languages.repetition(digit, 1, 3)));
    }

    private Language multiple(BigDecimal divisor) {
        BigDecimal exact = divisor.stripTrailingZeros();
        if (exact.scale() > MAX_DIVISOR_SCALE
                || exact.precision() - exact.scale() > MAX_DIVISOR_SCALE
                || exact.movePointRight(Math.max(exact.scale(), 0)).compareTo(BigDecimal.valueOf(MAX_DIVISOR)) > 0) {
            throw new GrammarException(
                    "multipleOf", "", "multipleOf needs a divisor of up to " + MAX_DIVISOR + " without its point");
        }
        int scale = Math.max(exact.scale(), 0);
        return languages.multiple(exact.movePointRight(scale).intValueExact(), scale);
    }

    private Language atLeast(NumberRange.Bound bound) {
        if (wholeDigits(bound.value()) > MAX_DIGITS) {
            return languages.none();
        }
        Decimal decimal = Decimal.of(bound.value());
        String whole = decimal.whole;
        List<Language> options = new ArrayList<>();
        options.add(languages.concatenation(
                positiveDigit, languages.repetition(digit, whole.length(), Languages.UNBOUNDED), fraction));
        for (int i = 0; i < whole.length(); i++) {
            options.add(languages.concatenation(
                    languages.literal(whole.substring(0, i)),
                    digitsBetween(whole.charAt(i) + 1, '9'),
                    languages.repetition(digit, whole.length() - i - 1, whole.length() - i - 1),
                    fraction));
        }
        options.add(languages.concatenation(
                languages.literal(whole), fractionAtLeast(decimal.fraction, bound.exclusive())));
        return languages.union(options);
    }

    private Language fractionAtLeast(String least, boolean exclusive) {
        Language more = languages.concatenation(digits, positiveDigit, digits);
        if (least.isEmpty()) {
            return exclusive ? languages.concatenation(languages.literal("."), more) : fraction;
        }
        List<Language> options = new ArrayList<>();
        for (int i = 0; i < least.length(); i++) {
            options.add(languages.concatenation(
                    languages.literal(least.substring(0, i)), digitsBetween(least.charAt(i) + 1, '9'), digits));
        }
        options.add(languages.concatenation(languages.literal(least), exclusive ? more : digits));
        return languages.concatenation(languages.literal("."), languages.union(options));
    }

    private Language atMost(NumberRange.Bound bound) {
        if (wholeDigits(bound.value()) > MAX_DIGITS) {
            return languages.concatenation(wholePart, fraction);
        }
        Decimal decimal = Decimal.of(bound.value());
        String whole = decimal.whole;
        List<Language> options = new ArrayList<>();
        if (whole.length() > 1) {
            Language shorter = languages.union(
                    languages.literal("0"),
                    languages.concatenation(positiveDigit, languages.repetition(digit, 0, whole.length() - 2)));
            options.add(languages.concatenation(shorter, fraction));
        }
        for (int i = 0; i < whole.length(); i++) {
            options.add(languages.concatenation(
                    languages.literal(whole.substring(0, i)),
                    digitsBetween(i == 0 && whole.length() > 1 ? '1' : '0', whole.charAt(i) - 1),
                    languages.repetition(digit, whole.length() - i - 1, whole.length() - i - 1),
                    fraction));
        }
        options.add(
                languages.concatenation(languages.literal(whole), fractionAtMost(decimal.fraction, bound.exclusive())));
        return languages.union(options);
    }

    private Language fractionAtMost(String most, boolean exclusive) {
        Language zeros = languages.repetition(languages.literal("0"), 0, Languages.UNBOUNDED);
        Language point = languages.literal(".");
        if (most.isEmpty()) {
            Language zero = languages.optional(languages.concatenation(point, languages.literal("0"), zeros));
            return exclusive ? languages.none() : zero;
        }
        List<Language> options = new ArrayList<>();
        for (int i = 0; i < most.length(); i++) {
            options.add(languages.concatenation(
                    languages.literal(most.substring(0, i)), digitsBetween('0', most.charAt(i) - 1), digits));
            if (i > 0) {
                options.add(languages.literal(most.substring(0, i)));
            }
        }
        if (!exclusive) {
            options.add(languages.concatenation(languages.literal(most), zeros));
        }
        return languages.optional(languages.concatenation(point, languages.union(options)));
    }

    private Language digitsBetween(int first, int last) {
        return first > last ? languages.none() : languages.bytes(ByteSet.range(first, last));
    }

    private static long wholeDigits(BigDecimal value) {
        return (long) value.precision() - value.scale();
    }

    /** Digits before and after the point, the latter without trailing zeros. */
    private record Decimal(String whole, String fraction) {

        static Decimal of(BigDecimal value) {
            BigDecimal exact = value.signum() == 0 ? BigDecimal.ZERO : value.stripTrailingZeros();
            if (exact.scale() > MAX_DIGITS) {
                throw new GrammarException(
                        "minimum", "", "a bound may have " + MAX_DIGITS + " digits after the point: " + value);
            }
            String plain = exact.toPlainString();
            int point = plain.indexOf('.');
            return point < 0
                    ? new Decimal(plain, "")
                    : new Decimal(plain.substring(0, point), plain.substring(point + 1));
        }
    }
}
