package io.vitrine.loadtest;

import java.util.OptionalDouble;

import io.vitrine.loadtest.Progress.Expected;
import io.vitrine.loadtest.client.RunMonitor.Reading;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ProgressTest {

    private static final OptionalDouble NONE = OptionalDouble.empty();

    @Test
    void showsLiveNumbersAndTheTimeLeft() {
        Progress.Line line = new Progress.Line("run", new Expected(NONE, OptionalDouble.of(30)));

        assertThat(line.of(new Reading(50, 40, 2, 1000, 23.4), 10))
                .isEqualTo("run 10 s: 50 sent, 10 in flight, 40 ended, 2 failed, 100 tokens/s, TTFT 23 ms, 20 s left");
        assertThat(line.of(new Reading(60, 60, 2, 1500, Double.NaN), 12))
                .isEqualTo("run 12 s: 60 sent, 0 in flight, 60 ended, 2 failed, 250 tokens/s, TTFT –, 18 s left");
    }

    @Test
    void estimatesByRequestsOrTimeWhicheverComesFirst() {
        assertThat(new Expected(OptionalDouble.of(100), NONE).secondsLeft(25, 10))
                .hasValue(30);
        assertThat(new Expected(OptionalDouble.of(100), OptionalDouble.of(20)).secondsLeft(25, 10))
                .hasValue(10);
        assertThat(new Expected(OptionalDouble.of(100), NONE).secondsLeft(0, 10))
                .isEmpty();
        assertThat(new Expected(NONE, OptionalDouble.of(5)).secondsLeft(0, 10)).hasValue(0);
    }
}
