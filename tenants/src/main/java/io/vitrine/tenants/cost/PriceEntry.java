package io.vitrine.tenants.cost;

import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.Collection;
import java.util.Collections;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.Function;

import io.vitrine.tenants.Glob;

/**
 * One price of one model or family of models, from one day on.
 *
 * @param validFrom the first UTC day
 * @param tiers rates by the number of tokens from which on they hold; the first from 0. A request is charged whole at the tier
 *     in which it begins: it is not split where it crosses into the next
 */
public record PriceEntry(Glob model, LocalDate validFrom, TierKind tierKind, NavigableMap<Long, TokenRates> tiers) {

    public PriceEntry {
        if (tiers.isEmpty() || tiers.firstKey() != 0) {
            throw new IllegalArgumentException("the first tier of " + model + " must be from 0 tokens");
        }
        tiers = Collections.unmodifiableNavigableMap(new TreeMap<>(tiers));
    }

    TokenRates rates(Usage usage, long monthTokens) {
        long tokens =
                switch (tierKind) {
                    case INPUT_TOKENS -> usage.promptTokens();
                    case MONTH_TOKENS -> monthTokens;
                };
        return tiers.floorEntry(tokens).getValue();
    }

    /** The highest of each rate that a prompt of this length can meet, whatever its tenant has used this month by then. */
    TokenRates worstRates(Usage usage) {
        return switch (tierKind) {
            case INPUT_TOKENS -> rates(usage, 0);
            case MONTH_TOKENS ->
                new TokenRates(
                        highest(TokenRates::input), highest(TokenRates::cachedInput), highest(TokenRates::output));
        };
    }

    private BigDecimal highest(Function<TokenRates, BigDecimal> rate) {
        Collection<TokenRates> all = tiers.values();
        return all.stream().map(rate).reduce(BigDecimal.ZERO, BigDecimal::max);
    }
}
