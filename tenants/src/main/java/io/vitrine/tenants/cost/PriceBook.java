package io.vitrine.tenants.cost;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

import io.vitrine.tenants.Glob;
import io.vitrine.tenants.Money;

/**
 * What every model costs, at every time. Immutable.
 *
 * <p>Of the entries that are valid and match a model, the one whose pattern says it closest holds: a name before a pattern, a
 * longer pattern before a shorter one; and of that pattern's entries the newest. A book in which two could hold is refused. A
 * model without a price is not free: it has none, and who serves decides what that means.
 */
public final class PriceBook {

    private static final Comparator<PriceEntry> CLOSEST_AND_NEWEST_FIRST = Comparator.comparing(
                    (PriceEntry entry) -> entry.model().exact())
            .thenComparing(entry -> entry.model().literalLength())
            .thenComparing(PriceEntry::validFrom)
            .reversed();

    private final String currency;
    private final List<PriceEntry> entries;

    /**
     * @throws IllegalArgumentException if there is a model and a time for which two entries hold
     */
    public PriceBook(String currency, Collection<PriceEntry> entries) {
        this.currency = Money.zero(currency).currency();
        this.entries = entries.stream().sorted(CLOSEST_AND_NEWEST_FIRST).toList();
        refuseAmbiguity();
    }

    private void refuseAmbiguity() {
        for (int i = 0; i < entries.size(); i++) {
            for (int j = 0; j < i; j++) {
                refuseIfAmbiguous(entries.get(j), entries.get(i));
            }
        }
    }

    private static void refuseIfAmbiguous(PriceEntry one, PriceEntry other) {
        Glob a = one.model();
        Glob b = other.model();
        if (a.equals(b)) {
            if (one.validFrom().equals(other.validFrom())) {
                throw new IllegalArgumentException("there are two prices of " + a + " from " + one.validFrom() + " on");
            }
        } else if (a.exact() == b.exact() && a.literalLength() == b.literalLength() && a.overlaps(b)) {
            throw new IllegalArgumentException(
                    "the prices of " + a + " and " + b + " overlap, and neither pattern is the closer one");
        }
    }

    /** Whether no model has a price. */
    public boolean isEmpty() {
        return entries.isEmpty();
    }

    public String currency() {
        return currency;
    }

    /** The entry that holds for a model at a time. */
    public Optional<PriceEntry> find(String model, Instant at) {
        LocalDate day = LocalDate.ofInstant(at, ZoneOffset.UTC);
        return entries.stream()
                .filter(entry ->
                        !entry.validFrom().isAfter(day) && entry.model().matches(model))
                .findFirst();
    }

    /** Of these models, those that have no price at that time: to be said when a server starts. */
    public List<String> missing(Collection<String> models, Instant at) {
        return models.stream().filter(model -> find(model, at).isEmpty()).toList();
    }

    /**
     * What a request is charged.
     *
     * @param arrivedAt decides which price holds, so that none changes under a request that runs
     * @param monthTokens that its tenant has used this month before it
     */
    public Optional<Price> price(String model, Usage usage, Instant arrivedAt, long monthTokens) {
        return find(model, arrivedAt)
                .map(entry -> entry.rates(usage, monthTokens).price(usage, currency));
    }

    /** The most that the request can be charged, for its budget: never less than {@link #price} of what it comes to use. */
    public Optional<Money> worstCase(String model, Usage worst, Instant arrivedAt) {
        return find(model, arrivedAt)
                .map(entry -> entry.worstRates(worst).price(worst, currency).total())
                .map(PriceBook::withRounding);
    }

    /** A price has three rounded parts, the worst case two: together they may differ by five halves of a billionth. */
    private static Money withRounding(Money total) {
        return total.nanos() == 0 ? total : total.plus(new Money(3, total.currency()));
    }
}
