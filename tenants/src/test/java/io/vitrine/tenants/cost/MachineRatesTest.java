package io.vitrine.tenants.cost;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

import io.vitrine.tenants.Money;
import org.assertj.core.data.Offset;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class MachineRatesTest {

    private static final long HOUR_NANOS = 3_600_000_000_000L;

    @Test
    void pricesTimeMemoryAndEnergy() {
        MachineRates rates = new MachineRates(usd("2"), usd("0.5"), usd("0.30"));
        InfrastructureCost cost = rates.cost(new ResourceUse(HOUR_NANOS / 2, 3_600.0 * (1L << 31), 7_200_000.0));
        assertThat(cost).isEqualTo(new InfrastructureCost(usd("1"), usd("1"), usd("0.6")));
        assertThat(cost.total()).isEqualTo(usd("2.6"));
    }

    @Test
    void leavesOutWhatHasNoMeterOrNoPrice() {
        MachineRates priced = new MachineRates(usd("2"), null, usd("0.30"));
        InfrastructureCost unmetered = priced.cost(new ResourceUse(HOUR_NANOS, 1e12, null));
        assertThat(unmetered.memory()).isEmpty();
        assertThat(unmetered.energy()).isEmpty();
        assertThat(unmetered.total()).isEqualTo(usd("2"));
        assertThat(new MachineRates(usd("2"), null, null)
                        .cost(new ResourceUse(0, 0, 5.0))
                        .energy())
                .isEmpty();
    }

    /** Steps of any length, shared by tokens as the engine does, to the nanosecond; requests come and go between them. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void addsUpOverRequestsToTheBusyTimesPrice(long seed) {
        Random random = new Random(seed);
        MachineRates rates = new MachineRates(usd("0.37"), null, null);
        List<Long> shares = new ArrayList<>();
        long busyNanos = 0;
        long[] slots = new long[1 + random.nextInt(32)];
        for (int step = 0; step < 20_000; step++) {
            long stepNanos = 500_000L + random.nextInt(20_000_000);
            busyNanos += stepNanos;
            share(stepNanos, slots, random);
            int ends = random.nextInt(slots.length * 20);
            if (ends < slots.length) {
                shares.add(slots[ends]);
                slots[ends] = 0;
            }
        }
        for (long slot : slots) {
            shares.add(slot);
        }
        Money sum = shares.stream()
                .map(nanos -> rates.cost(new ResourceUse(nanos, 0, null)).total())
                .reduce(Money.zero("USD"), Money::plus);
        BigDecimal expected = new BigDecimal("0.37")
                .multiply(BigDecimal.valueOf(busyNanos))
                .divide(BigDecimal.valueOf(HOUR_NANOS), 12, RoundingMode.HALF_EVEN);
        assertThat(sum.amount()).isCloseTo(expected, Percentage.withPercentage(1));
        // And far closer than that: half a billionth a request.
        assertThat(sum.amount())
                .isCloseTo(
                        expected,
                        Offset.offset(BigDecimal.valueOf(shares.size()).movePointLeft(9)));
    }

    private static void share(long stepNanos, long[] slots, Random random) {
        int[] tokens = random.ints(slots.length, 1, 65).toArray();
        long total = Arrays.stream(tokens).sum();
        long given = 0;
        for (int i = 1; i < slots.length; i++) {
            long nanos = stepNanos * tokens[i] / total;
            slots[i] += nanos;
            given += nanos;
        }
        slots[0] += stepNanos - given;
    }

    @Test
    void refusesNegativeUseAndMixedCurrencies() {
        assertThatThrownBy(() -> new ResourceUse(-1, 0, null)).hasMessageContaining("-1");
        assertThatThrownBy(() -> new ResourceUse(0, Double.NaN, null)).hasMessageContaining("NaN");
        assertThatThrownBy(() -> new MachineRates(usd("1"), null, Money.of("1", "EUR")))
                .hasMessageContaining("one currency");
    }

    private static Money usd(String amount) {
        return Money.of(amount, "USD");
    }
}
