package io.vitrine.observability.logging;

import java.time.Duration;
import java.util.Optional;
import java.util.stream.IntStream;

import io.vitrine.model.engine.FakeClock;
import io.vitrine.observability.catalogue.EventName;
import io.vitrine.observability.logging.RepeatSampler.Kind;
import io.vitrine.observability.logging.RepeatSampler.LeftOut;
import org.apache.logging.log4j.Level;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class RepeatSamplerTest {

    private static final long SECOND = 1_000_000_000;

    private final FakeClock clock = new FakeClock();
    private final RepeatSampler sampler = new RepeatSampler(2, 10 * SECOND, clock);

    @Test
    void letsTheFirstOfEachKindThroughInAnInterval() {
        assertThat(sampler.admits(kind("a"))).isTrue();
        assertThat(sampler.admits(kind("a"))).isTrue();
        assertThat(sampler.admits(kind("a"))).isFalse();
        assertThat(sampler.admits(kind("b"))).isTrue();
        assertThat(sampler.takeReports()).isEmpty();
    }

    @Test
    void beginsAnewOnlyWhenTheIntervalIsOver() {
        IntStream.range(0, 5).forEach(i -> sampler.admits(kind("a")));
        clock.advance(Duration.ofNanos(10 * SECOND - 1));
        assertThat(sampler.admits(kind("a"))).isFalse();
        clock.advance(Duration.ofNanos(1));

        assertThat(sampler.admits(kind("a"))).isTrue();
        assertThat(sampler.takeReports()).containsExactly(new LeftOut(kind("a"), 4, 10 * SECOND));
        assertThat(sampler.takeReports()).isEmpty();
    }

    @Test
    void reportsNothingOfAKindThatStayedWithinItsLimit() {
        sampler.admits(kind("a"));
        sampler.admits(kind("a"));
        sampler.endNow();

        assertThat(sampler.takeReports()).isEmpty();
    }

    /** A library that puts a new number into each message must not fill the memory. */
    @Test
    void keepsCountOfABoundedNumberOfKinds() {
        long admitted = IntStream.range(0, 10_000)
                .filter(i -> sampler.admits(kind("text " + i)))
                .count();
        sampler.endNow();

        assertThat(admitted).isEqualTo(256 + 2);
        assertThat(sampler.takeReports()).containsExactly(new LeftOut(kind("").withoutDetails(), 10_000 - 256 - 2, 0));
    }

    private static Kind kind(String text) {
        return new Kind(EventName.LIBRARY_MESSAGE, Level.WARN, Optional.empty(), Optional.of("logger"), text);
    }
}
