package io.vitrine.observability.tracing;

import java.util.concurrent.TimeUnit;

import io.vitrine.observability.catalogue.SpanEvent;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** What holds requests up from outside, and which of them feel it. */
class InterruptionsTest {

    private static final long MILLI = TimeUnit.MILLISECONDS.toNanos(1);
    private static final WallClock CLOCK = new WallClock(1_000_000_000_000L, 0);

    @Test
    void aPauseIsFeltByWhoWasUnderWay() {
        try (GcPauses pauses = new GcPauses()) {
            pauses.paused(1_000, 20, "test", "end of minor GC");

            assertThat(pauses.overlapping(990 * MILLI, 1_001 * MILLI)).hasSize(1);
            assertThat(pauses.overlapping(1_019 * MILLI, 2_000 * MILLI))
                    .singleElement()
                    .satisfies(pause -> {
                        assertThat(pause.event()).isEqualTo(SpanEvent.GC_PAUSE);
                        assertThat(pause.startEpochNanos()).isEqualTo(1_000 * MILLI);
                        assertThat(pause.durationNanos()).isEqualTo(20 * MILLI);
                    });
            assertThat(pauses.overlapping(900 * MILLI, 999 * MILLI)).isEmpty();
            assertThat(pauses.overlapping(1_021 * MILLI, 1_100 * MILLI)).isEmpty();
        }
    }

    @Test
    void theOldestPausesAreForgotten() {
        try (GcPauses pauses = new GcPauses()) {
            for (int i = 0; i < 1_000; i++) {
                pauses.paused(i, 1, "test", "end of minor GC");
            }
            assertThat(pauses.overlapping(0, 1_001 * MILLI)).hasSize(128);
        }
    }

    @Test
    void aLoopThatBeatsLateWasHeldUpSinceItsBeatWasDue() {
        LoopStalls stalls = new LoopStalls();
        stalls.beat(0);
        stalls.beat(60 * MILLI);
        stalls.beat(400 * MILLI);

        assertThat(stalls.overlapping(0, 400 * MILLI, CLOCK)).singleElement().satisfies(stall -> {
            assertThat(stall.event()).isEqualTo(SpanEvent.EVENT_LOOP_STALL);
            assertThat(stall.startEpochNanos()).isEqualTo(CLOCK.epoch(110 * MILLI));
            assertThat(stall.durationNanos()).isEqualTo(290 * MILLI);
        });
        assertThat(stalls.overlapping(0, 100 * MILLI, CLOCK)).isEmpty();
        assertThat(stalls.overlapping(401 * MILLI, 420 * MILLI, CLOCK)).isEmpty();
    }

    @Test
    void aStallThatIsOnlyJustOverIsSeenBeforeTheNextBeat() {
        LoopStalls stalls = new LoopStalls();
        stalls.beat(0);

        assertThat(stalls.overlapping(10 * MILLI, 90 * MILLI, CLOCK)).isEmpty();
        assertThat(stalls.overlapping(10 * MILLI, 200 * MILLI, CLOCK)).hasSize(1);
    }

    @Test
    void anotherLoopsStallsAreNotFeltHere() throws InterruptedException {
        LoopStalls stalls = new LoopStalls();
        Thread other = new Thread(() -> {
            stalls.beat(0);
            stalls.beat(1_000 * MILLI);
        });
        other.start();
        other.join();

        assertThat(stalls.overlapping(0, 1_000 * MILLI, CLOCK)).isEmpty();
    }
}
