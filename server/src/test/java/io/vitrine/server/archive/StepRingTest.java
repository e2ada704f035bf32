package io.vitrine.server.archive;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;

import com.sun.management.ThreadMXBean;
import io.vitrine.model.engine.StepReport;
import io.vitrine.model.engine.StepReport.CacheCounts;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

@Timeout(60)
class StepRingTest {

    @Test
    void givesWhatWasPutInInOrder() {
        StepRing ring = new StepRing(4);
        List<Long> taken = new ArrayList<>();
        for (int round = 0; round < 3; round++) {
            ring.stepEnded(report(round * 3L));
            ring.stepEnded(report(round * 3L + 1));
            ring.stepEnded(report(round * 3L + 2));
            ring.take(report -> taken.add(report.index()));
        }
        assertThat(taken)
                .containsExactlyElementsOf(LongStream.range(0, 9).boxed().toList());
        assertThat(ring.dropped()).isZero();
    }

    @Test
    void dropsAndCountsWhatItHasNoPlaceFor() {
        StepRing ring = new StepRing(2);
        LongStream.range(0, 5).forEach(index -> ring.stepEnded(report(index)));
        List<Long> taken = new ArrayList<>();
        ring.take(report -> taken.add(report.index()));
        assertThat(taken).containsExactly(0L, 1L);
        assertThat(ring.dropped()).isEqualTo(3);
    }

    @Test
    void losesNothingBetweenTwoThreadsButWhatItCounts() throws InterruptedException {
        int count = 200_000;
        StepRing ring = new StepRing(64);
        Thread engine = new Thread(() -> LongStream.range(0, count).forEach(index -> ring.stepEnded(report(index))));
        List<Long> taken = new ArrayList<>();
        engine.start();
        while (engine.isAlive()) {
            ring.take(report -> taken.add(report.index()));
        }
        ring.take(report -> taken.add(report.index()));
        assertThat(taken).isSorted().doesNotHaveDuplicates();
        assertThat(taken.size() + ring.dropped()).isEqualTo(count);
    }

    @Test
    void makesNothingOnTheEngineThread() {
        StepRing ring = new StepRing(1_024);
        StepReport report = report(0);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long least = Long.MAX_VALUE;
        for (int round = 0; round < 20; round++) {
            ring.take(taken -> {});
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < 2_000; i++) {
                ring.stepEnded(report);
            }
            least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
        }
        assertThat(least).isLessThan(2_000);
    }

    @Test
    void refusesACapacityThatIsNoPowerOfTwo() {
        assertThatIllegalArgumentException().isThrownBy(() -> new StepRing(3)).withMessageContaining("3");
    }

    private static StepReport report(long index) {
        return new StepReport(
                index, 0, 1, 1, 0, 0, 1, 1, 0, 0, 0, 1, 0, 1, 0, CacheCounts.NONE, List.of(), Optional.empty());
    }
}
