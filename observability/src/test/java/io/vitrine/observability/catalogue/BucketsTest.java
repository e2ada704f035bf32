package io.vitrine.observability.catalogue;

import java.util.List;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class BucketsTest {

    @Test
    void reachesFromAMillisecondToHours() {
        assertThat(Buckets.REQUEST_SECONDS).first().isEqualTo(0.001);
        assertThat(Buckets.REQUEST_SECONDS.get(Buckets.REQUEST_SECONDS.size() - 1))
                .isBetween(4 * 3600.0, 4 * 3600 * 1.42);
        assertThat(Buckets.STEP_SECONDS).first().isEqualTo(0.0001);
        assertThat(Buckets.STEP_SECONDS.get(Buckets.STEP_SECONDS.size() - 1)).isBetween(120.0, 170.0);
    }

    /** The error that the class states: rounding a bound to three digits may cost half a percent. */
    @Test
    void neverLeavesAWiderGapThanItSays() {
        for (List<Double> bounds : List.of(Buckets.REQUEST_SECONDS, Buckets.STEP_SECONDS)) {
            for (int i = 1; i < bounds.size(); i++) {
                assertThat(bounds.get(i) / bounds.get(i - 1)).isBetween(1.40, 1.425);
            }
        }
    }

    @Test
    void keepsWholeNumbersExact() {
        assertThat(Buckets.SEQUENCES)
                .containsExactly(1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0, 512.0, 1024.0);
        assertThat(Buckets.TOKENS).hasSize(14).last().isEqualTo(67_108_864.0);
    }
}
