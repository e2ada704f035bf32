package io.vitrine.model.engine;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class StepTimesTest {

    private final StepTimes times = new StepTimes();

    @Test
    void knowsNothingBeforeTheFirstStep() {
        assertThat(times.usualNanos(1)).isEmpty();
        assertThat(times.usualNanos(512)).isEmpty();
    }

    @Test
    void isTheMedianOfStepsOfAsManyTokens() {
        for (long nanos : new long[] {10, 20, 30, 20, 9_000}) {
            times.add(4, nanos);
        }
        times.add(64, 700);

        assertThat(times.usualNanos(4)).hasValue(20);
        assertThat(times.usualNanos(7)).as("the same power of two").hasValue(20);
        assertThat(times.usualNanos(64)).hasValue(700);
    }

    @Test
    void scalesTheNextSmallerKindToMoreTokens() {
        times.add(1, 20);
        times.add(8, 50);

        assertThat(times.usualNanos(512)).hasValue(50 * 512 / 8);
        assertThat(times.usualNanos(4)).hasValue(20 * 4);
    }

    @Test
    void takesALargerKindAsItIsWhereNoneIsSmaller() {
        times.add(256, 900);
        times.add(512, 1_500);

        assertThat(times.usualNanos(1)).hasValue(900);
        assertThat(times.usualNanos(0)).as("not planned yet").hasValue(900);
    }
}
