package io.vitrine.observability;

import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * What one request is charged and what it cost to serve, for its log line, span and meters; the same numbers as its entry in the
 * ledger. Amounts are billionths of the currency's unit.
 *
 * @param currency ISO 4217 code of both amounts
 * @param priceBillionths by the price book; absent if the model has no price or the server was at fault
 * @param infrastructureBillionths its share of what the machine costs; absent if the machine has no price
 * @param engineNanos its shares of the engine's steps
 * @param kvByteSeconds bytes of KV pages times how long they were held
 * @param joules its share of the energy; absent where nothing measures it
 */
public record RequestCharge(
        String currency,
        OptionalLong priceBillionths,
        OptionalLong infrastructureBillionths,
        long engineNanos,
        double kvByteSeconds,
        OptionalDouble joules) {

    /** Whether there is an amount at all. */
    public boolean hasAmount() {
        return priceBillionths.isPresent() || infrastructureBillionths.isPresent();
    }

    /** In units of the currency. */
    public OptionalDouble price() {
        return units(priceBillionths);
    }

    /** In units of the currency. */
    public OptionalDouble infrastructure() {
        return units(infrastructureBillionths);
    }

    private static OptionalDouble units(OptionalLong billionths) {
        return billionths.isPresent() ? OptionalDouble.of(billionths.getAsLong() / 1e9) : OptionalDouble.empty();
    }
}
