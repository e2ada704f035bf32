package io.vitrine.tenants.cost;

import java.math.BigDecimal;

import io.vitrine.tenants.Money;

/**
 * What a million tokens cost, in the price book's currency.
 *
 * @param cachedInput at most as much as input, so that a prompt out of the cache is never the dearer one
 */
public record TokenRates(BigDecimal input, BigDecimal cachedInput, BigDecimal output) {

    public TokenRates {
        if (input.signum() < 0 || cachedInput.signum() < 0 || output.signum() < 0) {
            throw new IllegalArgumentException("prices must be >= 0: " + input + ", " + cachedInput + ", " + output);
        }
        if (cachedInput.compareTo(input) > 0) {
            throw new IllegalArgumentException(
                    "cached input must not cost more than input: " + cachedInput + " > " + input);
        }
    }

    /** Each part rounded half to even, to billionths; the total is their sum, so a bill adds up. */
    Price price(Usage usage, String currency) {
        return new Price(
                part(input, usage.promptTokens() - usage.cachedTokens(), currency),
                part(cachedInput, usage.cachedTokens(), currency),
                part(output, usage.outputTokens(), currency));
    }

    private static Money part(BigDecimal perMillion, long tokens, String currency) {
        return Money.of(perMillion.multiply(BigDecimal.valueOf(tokens)).movePointLeft(6), currency);
    }
}
