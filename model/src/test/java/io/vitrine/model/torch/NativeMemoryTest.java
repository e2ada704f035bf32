package io.vitrine.model.torch;

import java.io.IOException;
import java.util.ArrayList;
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

/**
 * Steps leave no native memory behind, by what the C library says is in use. Other threads of the JVM allocate too, now and then;
 * a leak grows in every round, so the round that grew least tells.
 */
@Timeout(120)
class NativeMemoryTest {

    private static final int ROUNDS = 8;
    private static final int STEPS_A_ROUND = 400;

    /** Less than the smallest thing that can be forgotten, a handle of 16 bytes, in every step. */
    private static final long MOST_BYTES_A_ROUND = 16L * STEPS_A_ROUND - 1;

    @Test
    void stepsLeaveNothingBehind() throws IOException {
        try (Checkpoint checkpoint = Checkpoint.open(TinyModels.path("llama-gqa"));
                TorchRunner runner = TorchRunner.load(
                        checkpoint.config(), checkpoint, new TorchSettings(Precision.INT8, 1, 200, 20))) {
            assertThat(leastGrowth(step -> runner.run(plan(step), step % 3 == 0)))
                    .isLessThan(MOST_BYTES_A_ROUND);
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
            assertThat(leastGrowth(step -> assertThatExceptionOfType(ModelRunnerException.class)
                            .isThrownBy(() -> runner.run(bad, false))))
                    .isLessThan(MOST_BYTES_A_ROUND);
        }
    }

    private interface Work {
        void step(int index);
    }

    private static long leastGrowth(Work work) {
        long least = Long.MAX_VALUE;
        for (int round = 0; round < ROUNDS; round++) {
            long before = bytesInUse();
            for (int step = 0; step < STEPS_A_ROUND; step++) {
                work.step(step);
            }
            least = Math.min(least, bytesInUse() - before);
        }
        return least;
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
    private static long bytesInUse() {
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
