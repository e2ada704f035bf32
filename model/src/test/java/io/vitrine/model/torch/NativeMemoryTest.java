package io.vitrine.model.torch;

import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import com.sun.jna.Function;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Structure;
import com.sun.jna.Structure.FieldOrder;
import io.vitrine.model.engine.ModelRunnerException;
import io.vitrine.model.engine.StepPlan;
import io.vitrine.model.engine.StepPlan.Logits;
import io.vitrine.model.engine.StepPlan.Span;
import io.vitrine.model.weights.Checkpoint;
import io.vitrine.model.weights.TinyModels;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

/**
 * Steps leave no native memory behind, by what the C library says is in use. Other threads of the JVM allocate and free too, kilobytes
 * while code is new and now and then megabytes; a leak grows in every round, so a round that grew little tells: the one at the lower
 * quartile, as the least may have seen megabytes go. DJL's buffers live until the garbage collector has
 * seen them, so that it is asked to before each look.
 */
@Timeout(120)
class NativeMemoryTest {

    private static final int WARM_UP_ROUNDS = 10;
    private static final int ROUNDS = 20;
    private static final int STEPS_A_ROUND = 400;

    /** Less than the smallest thing that can be forgotten, a handle of 16 bytes, in every step. */
    private static final long LESS_THAN_A_HANDLE = 16;

    /**
     * DJL's native side forgets its copy of the handles of a call's thirteen arguments when the program throws: with the JVM's header of
     * 16 bytes and glibc's of 8.
     */
    private static final long FORGOTTEN_BY_DJL = 13 * 8 + 16 + 8;

    /** Less than anything else that a failing step can forget: glibc hands out no less than 32 bytes. Failures allocate more by the way. */
    private static final long LESS_THAN_A_CHUNK = 32;

    private static final BufferPoolMXBean DIRECT_BUFFERS =
            ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                    .filter(pool -> pool.getName().equals("direct"))
                    .findFirst()
                    .orElseThrow();

    private long buffersAtRest;

    @Test
    void stepsLeaveNothingBehind() throws IOException {
        try (Checkpoint checkpoint = Checkpoint.open(TinyModels.path("llama-gqa"));
                TorchRunner runner = TorchRunner.load(
                        checkpoint.config(), checkpoint, new TorchSettings(Precision.INT8, 1, 200, 20))) {
            assertThat(growthOfAStep(step -> runner.run(plan(step), step % 3 == 0)))
                    .isLessThan(LESS_THAN_A_HANDLE);
        }
    }

    @Test
    void stepsThatFailLeaveNothingBehind() throws IOException {
        var bad = new StepPlan(List.of(
                Span.decode(new int[] {7}, 70, new int[] {2, 3}),
                Span.prefill(new int[] {5}, 0, new int[] {9999}, Logits.LAST))); // there is no such page
        try (Checkpoint checkpoint = Checkpoint.open(TinyModels.path("llama-gqa"));
                TorchRunner runner = TorchRunner.load(
                        checkpoint.config(), checkpoint, new TorchSettings(Precision.BF16, 1, 200, 20))) {
            assertThat(growthOfAStep(step -> assertThatExceptionOfType(ModelRunnerException.class)
                            .isThrownBy(() -> runner.run(bad, false))))
                    .isLessThan(FORGOTTEN_BY_DJL + LESS_THAN_A_CHUNK);
        }
    }

    private interface Work {
        void step(int index);
    }

    private double growthOfAStep(Work work) {
        System.gc();
        work.step(0);
        buffersAtRest = DIRECT_BUFFERS.getCount();
        for (int round = 0; round < WARM_UP_ROUNDS; round++) {
            growthOfARound(work);
        }
        long[] growth = new long[ROUNDS];
        for (int round = 0; round < ROUNDS; round++) {
            growth[round] = growthOfARound(work);
        }
        Arrays.sort(growth);
        return (double) growth[ROUNDS / 4] / STEPS_A_ROUND;
    }

    private long growthOfARound(Work work) {
        long before = bytesInUse();
        for (int step = 0; step < STEPS_A_ROUND; step++) {
            work.step(step);
        }
        return bytesInUse() - before;
    }

    /** From step to step other rows decode, some with guesses, and every other step has chunks of prompts: all that a step may have. */
    private static StepPlan plan(int step) {
        List<Span> spans = new ArrayList<>();
        for (int row = 0; row < step % 4; row++) {
            spans.add(Span.decode(new int[1 + step % 2], 60 + row + step % 9, new int[] {2 * row, 2 * row + 1}));
        }
        if (step % 2 == 0) {
            spans.add(Span.prefill(new int[5], step % 7, new int[] {10}, Logits.LAST));
            spans.add(Span.prefill(new int[5], 64, new int[] {11, 12}, Logits.NONE));
        }
        return new StepPlan(spans.isEmpty() ? List.of(Span.decode(new int[1], 3, new int[] {0})) : spans);
    }

    /** What {@code mallinfo2} of the GNU C library counts as handed out, in all arenas and in mapped blocks. */
    private long bytesInUse() {
        await().pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(2)).until(() -> {
            System.gc();
            return DIRECT_BUFFERS.getCount() <= buffersAtRest;
        });
        buffersAtRest = DIRECT_BUFFERS.getCount();
        Function mallinfo;
        try {
            mallinfo = NativeLibrary.getInstance("c").getFunction("mallinfo2");
        } catch (UnsatisfiedLinkError e) {
            assumeThat(e).as("mallinfo2, which glibc has from 2.33 on").isNull();
            throw e;
        }
        var info = (MallocInfo) mallinfo.invoke(MallocInfo.class, new Object[0]);
        return info.uordblks + info.hblkhd;
    }

    /** {@code struct mallinfo2}; sizes of eight bytes. */
    @FieldOrder({
        "arena",
        "ordblks",
        "smblks",
        "hblks",
        "hblkhd",
        "usmblks",
        "fsmblks",
        "uordblks",
        "fordblks",
        "keepcost"
    })
    public static final class MallocInfo extends Structure implements Structure.ByValue {
        public long arena;
        public long ordblks;
        public long smblks;
        public long hblks;
        public long hblkhd;
        public long usmblks;
        public long fsmblks;
        public long uordblks;
        public long fordblks;
        public long keepcost;
    }
}
