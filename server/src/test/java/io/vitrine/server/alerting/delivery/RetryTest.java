package io.vitrine.server.alerting.delivery;

import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

import io.vitrine.server.alerting.Messages;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class RetryTest {

    private static final Backoff BACKOFF = new Backoff(Duration.ofSeconds(1), Duration.ofMinutes(1));

    /** Draws the largest number below the bound. */
    private static final RandomGenerator LARGEST = new RandomGenerator() {
        @Override
        public long nextLong() {
            throw new UnsupportedOperationException();
        }

        @Override
        public long nextLong(long bound) {
            return bound - 1;
        }
    };

    @Test
    void backOffDoublesUpToItsLimit() {
        long[] bounds = {1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000};
        for (int failures = 1; failures <= bounds.length; failures++) {
            assertThat(BACKOFF.delayMillis(failures, LARGEST)).isEqualTo(bounds[failures - 1]);
        }
        assertThat(BACKOFF.delayMillis(Integer.MAX_VALUE, LARGEST)).isEqualTo(60_000);
    }

    @Test
    void jitterCoversAllOfTheDelay() {
        Random random = new Random(7);
        List<Long> delays = Stream.generate(() -> BACKOFF.delayMillis(4, random))
                .limit(1_000)
                .toList();

        assertThat(delays).allMatch(delay -> delay >= 0 && delay <= 8_000);
        assertThat(delays).anyMatch(delay -> delay < 400).anyMatch(delay -> delay > 7_600);
    }

    @Test
    void readsRetryAfterInSecondsAndAsADate() {
        long now = Messages.NOON;

        assertThat(RetryAfter.parse("30", now)).contains(Duration.ofSeconds(30));
        assertThat(RetryAfter.parse("Tue, 24 Nov 2026 12:01:30 GMT", now)).contains(Duration.ofSeconds(90));
        assertThat(RetryAfter.parse("Tue, 24 Nov 2026 11:00:00 GMT", now)).contains(Duration.ZERO);
        assertThat(RetryAfter.parse("99999999999999999999", now)).contains(RetryAfter.LIMIT);
        assertThat(RetryAfter.parse("86400", now)).contains(RetryAfter.LIMIT);
        assertThat(RetryAfter.parse("soon", now)).isEmpty();
        assertThat(RetryAfter.parse("", now)).isEmpty();
        assertThat(RetryAfter.parse(null, now)).isEmpty();
    }

    @Test
    void circuitOpensAfterFailuresAndClosesOnSuccess() {
        Circuit circuit = new Circuit();
        assertThat(circuit.failed(1)).isFalse();
        assertThat(circuit.failed(2)).isFalse();
        assertThat(circuit.admits(2, 5)).isTrue();

        assertThat(circuit.failed(3)).as("opens").isTrue();
        circuit.pause(10);
        assertThat(circuit.admits(9, 0)).isFalse();
        assertThat(circuit.admits(10, 0)).as("one to try").isTrue();
        assertThat(circuit.admits(10, 1)).isFalse();
        assertThat(circuit.failed(11)).as("open already").isFalse();

        assertThat(circuit.succeeded()).isTrue();
        assertThat(circuit.admits(11, 5)).isTrue();
        assertThat(circuit.succeeded()).isFalse();
    }
}
