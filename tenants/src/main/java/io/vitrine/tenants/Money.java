package io.vitrine.tenants;

import java.math.BigDecimal;
import java.math.RoundingMode;

/**
 * An exact amount in billionths of a currency unit, so that a single token has a price and sums lose nothing.
 *
 * <p>Up to nine thousand million units either way; more throws {@link ArithmeticException}, and so does adding two
 * currencies. Where an amount has more than nine decimals it is rounded once, half to even, which favours nobody over many
 * requests.
 *
 * @param nanos billionths; negative for a loss
 * @param currency three capital letters, as in ISO 4217
 */
public record Money(long nanos, String currency) implements Comparable<Money> {

    private static final int DECIMALS = 9;

    public Money {
        if (!currency.matches("[A-Z]{3}")) {
            throw new IllegalArgumentException("a currency must have three capital letters: " + currency);
        }
    }

    public static Money zero(String currency) {
        return new Money(0, currency);
    }

    /** Rounds half to even, to billionths. */
    public static Money of(BigDecimal amount, String currency) {
        return new Money(
                amount.setScale(DECIMALS, RoundingMode.HALF_EVEN)
                        .unscaledValue()
                        .longValueExact(),
                currency);
    }

    /** As {@code of(new BigDecimal(amount), currency)}. */
    public static Money of(String amount, String currency) {
        return of(new BigDecimal(amount), currency);
    }

    public BigDecimal amount() {
        return BigDecimal.valueOf(nanos, DECIMALS);
    }

    public Money plus(Money other) {
        return new Money(Math.addExact(nanos, same(other).nanos), currency);
    }

    public Money minus(Money other) {
        return new Money(Math.subtractExact(nanos, same(other).nanos), currency);
    }

    /** Rounds half to even, to billionths. */
    public Money times(BigDecimal factor) {
        return of(amount().multiply(factor), currency);
    }

    @Override
    public int compareTo(Money other) {
        return Long.compare(nanos, same(other).nanos);
    }

    private Money same(Money other) {
        if (!currency.equals(other.currency)) {
            throw new ArithmeticException("cannot mix " + currency + " with " + other.currency);
        }
        return other;
    }

    /** {@code 0.00125 USD}. */
    @Override
    public String toString() {
        BigDecimal shown = nanos == 0 ? BigDecimal.ZERO : amount().stripTrailingZeros();
        return shown.toPlainString() + " " + currency;
    }
}
