package io.vitrine.tenants.cost;

import java.math.BigDecimal;
import java.math.MathContext;

import io.vitrine.tenants.Money;
import org.jspecify.annotations.Nullable;

/**
 * What the machine costs who runs it.
 *
 * @param perHour of its time, busy
 * @param kvPerGibibyteHour of its memory held by KV pages, on top of its time; null where memory is not what is scarce
 * @param perKilowattHour of energy, on top; null where the price of an hour contains it
 */
public record MachineRates(
        Money perHour,
        @Nullable Money kvPerGibibyteHour,
        @Nullable Money perKilowattHour) {

    private static final BigDecimal NANOS_AN_HOUR = BigDecimal.valueOf(3_600_000_000_000L);
    private static final BigDecimal BYTE_SECONDS_A_GIBIBYTE_HOUR = BigDecimal.valueOf(3_600L << 30);
    private static final BigDecimal JOULES_A_KILOWATT_HOUR = BigDecimal.valueOf(3_600_000);

    public MachineRates {
        requireRate(perHour, perHour);
        requireRate(kvPerGibibyteHour, perHour);
        requireRate(perKilowattHour, perHour);
    }

    private static void requireRate(@Nullable Money rate, Money perHour) {
        if (rate != null && (rate.nanos() < 0 || !rate.currency().equals(perHour.currency()))) {
            throw new IllegalArgumentException(
                    "a machine's prices must be >= 0 and in one currency: " + rate + ", " + perHour);
        }
    }

    /** What a request's use of the machine costs; each part rounded half to even, to billionths. */
    public InfrastructureCost cost(ResourceUse use) {
        Money time = part(perHour, BigDecimal.valueOf(use.stepNanos()), NANOS_AN_HOUR);
        Money memory = kvPerGibibyteHour == null
                ? null
                : part(kvPerGibibyteHour, BigDecimal.valueOf(use.kvByteSeconds()), BYTE_SECONDS_A_GIBIBYTE_HOUR);
        Money energy = perKilowattHour == null || use.joules() == null
                ? null
                : part(perKilowattHour, BigDecimal.valueOf(use.joules()), JOULES_A_KILOWATT_HOUR);
        return new InfrastructureCost(time, memory, energy);
    }

    private static Money part(Money rate, BigDecimal amount, BigDecimal unit) {
        return rate.times(amount.divide(unit, MathContext.DECIMAL128));
    }
}
