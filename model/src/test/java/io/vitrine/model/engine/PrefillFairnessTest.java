package io.vitrine.model.engine;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;

import io.vitrine.model.engine.StepPlan.Phase;
import io.vitrine.model.engine.StepPlan.Span;
import io.vitrine.model.kv.KvPages;
import io.vitrine.model.kv.PrefixCache;
import io.vitrine.model.sampling.SamplingParams;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Short prompts beside long ones and decoding streams, on a machine whose steps take a known time. */
class PrefillFairnessTest {

    private static final int LAYERS = 30;
    private static final int CONTEXT = 8192;

    /**
     * A step takes 6 ms and 0.5 ms a row; a chunk 1.5 ms, and 0.5 ms a token or several times that far into a prompt.
     */
    private static final class Machine {
        private final Scheduler scheduler;
        private final Map<Sequence, Long> firstTokenNanos = new HashMap<>();
        private final SplittableRandom random;
        private long nowNanos;
        private int names;

        Machine(long seed) {
            random = new SplittableRandom(seed);
            var pages = new KvPages(4000, 64, 1);
            scheduler = new Scheduler(
                    32,
                    new PrefillBudget(512, LAYERS),
                    new DraftBudget(0),
                    new PageSupply(pages, new PrefixCache(pages, 0), (source, target, positions) -> {}));
        }

        Sequence submit(int promptLength, int maxTokens, PriorityClass priority) {
            String name = "r" + names++;
            var request = new GenerationRequest(
                    name,
                    new int[promptLength],
                    maxTokens,
                    Set.of(),
                    SamplingParams.GREEDY,
                    -1,
                    Long.MAX_VALUE,
                    priority,
                    name);
            var sequence = new Sequence(request, CONTEXT, new RecordingTokenSink(), GenerationListener.NONE);
            scheduler.enqueue(sequence, nowNanos);
            return sequence;
        }

        void step() {
            Batch batch = scheduler.schedule(nowNanos);
            double millis = 6 + 0.5 * batch.decodingCount();
            for (int i = 0; i < batch.size(); i++) {
                Span span = batch.span(i);
                if (span.phase() == Phase.PREFILL) {
                    double part = (double) (span.layers().end() - span.layers().first())
                            / span.layers().count();
                    millis += part * (1.5 + 0.5 * span.tokens().length * (1 + span.position() / 2000.0));
                }
            }
            long nanos = (long) (millis * 1e6 * random.nextDouble(0.97, 1.03));
            nowNanos += nanos;
            for (int i = 0; i < batch.size(); i++) {
                Sequence sequence = batch.sequence(i);
                if (batch.span(i).phase() == Phase.PREFILL) {
                    scheduler.chunkComputed(sequence, batch.span(i));
                } else {
                    scheduler.advance(sequence, 1);
                }
                if (!sequence.knowsNext()) {
                    append(sequence);
                }
            }
            scheduler.stepEnded(nanos);
        }

        private void append(Sequence sequence) {
            sequence.append(1);
            firstTokenNanos.putIfAbsent(sequence, nowNanos);
            if (sequence.atLimit()) {
                scheduler.remove(sequence);
            }
        }

        void steps(int count) {
            for (int i = 0; i < count; i++) {
                step();
            }
        }

        long firstToken(Sequence sequence) {
            while (!firstTokenNanos.containsKey(sequence)) {
                step();
            }
            return firstTokenNanos.get(sequence);
        }

        /** Streams that decode, and a machine that has met prompts. */
        void warm(int streams) {
            for (int i = 0; i < streams; i++) {
                submit(10, 8000, PriorityClass.NORMAL);
            }
            steps(20);
            firstToken(submit(1500, 1, PriorityClass.NORMAL));
            steps(20);
        }
    }

    /** Time from a short prompt's arrival to its first token, beside so many long ones that have run for some steps. */
    private static long shortMillis(long seed, int streams, int longOnes, int stepsBefore, int shortLength) {
        var machine = new Machine(seed);
        machine.warm(streams);
        for (int i = 0; i < longOnes; i++) {
            machine.submit(7900, 1, PriorityClass.NORMAL);
        }
        machine.steps(stepsBefore);
        long arrival = machine.nowNanos;
        return machine.firstToken(machine.submit(shortLength, 1, PriorityClass.NORMAL)) - arrival;
    }

    @Test
    void aShortPromptDoesNotWaitForLongOnes() {
        var random = new SplittableRandom(11);
        for (int seed = 0; seed < 60; seed++) {
            int streams = random.nextInt(9);
            int longOnes = 1 + random.nextInt(8);
            int stepsBefore = random.nextInt(200);
            int length = 1 + random.nextInt(100);
            double alone = median(seed, streams, 0, stepsBefore, length);
            double beside = median(seed, streams, longOnes, stepsBefore, length);
            assertThat(beside)
                    .as("%d tokens, %d streams, %d long ones, %d steps", length, streams, longOnes, stepsBefore)
                    // A step that has begun is waited for either way, and without streams it has a whole chunk of a
                    // long prompt.
                    .isLessThan(streams == 0 ? 3 * alone + 1.5e9 : 3 * alone);
        }
    }

    /** Over arrivals at some steps, since one step in 33 has no prompt. */
    private static double median(int seed, int streams, int longOnes, int stepsBefore, int length) {
        List<Long> nanos = new ArrayList<>();
        for (int later = 0; later < 5; later++) {
            nanos.add(shortMillis(seed, streams, longOnes, stepsBefore + later, length));
        }
        nanos.sort(null);
        return nanos.get(2);
    }

    @Test
    void aLongPromptLosesLittleByAShortOne() {
        for (int streams : new int[] {0, 1, 4, 8}) {
            var alone = new Machine(streams);
            alone.warm(streams);
            long begun = alone.nowNanos;
            long aloneNanos = alone.firstToken(alone.submit(7900, 1, PriorityClass.NORMAL)) - begun;
            var beside = new Machine(streams);
            beside.warm(streams);
            begun = beside.nowNanos;
            Sequence longOne = beside.submit(7900, 1, PriorityClass.NORMAL);
            for (int i = 0; i < 4; i++) {
                beside.steps(10);
                beside.submit(20, 1, PriorityClass.NORMAL);
            }
            assertThat((double) (beside.firstToken(longOne) - begun))
                    .as("%d streams", streams)
                    .isLessThan(1.1 * aloneNanos);
        }
    }

    /** There is always a short prompt that has not begun. */
    @Test
    void aLongPromptGetsHalfUnderAnEndlessFlowOfShortOnes() {
        for (int length : new int[] {5, 20, 64, 300, 1000}) {
            var machine = new Machine(length);
            machine.warm(2);
            Sequence longOne = machine.submit(4000, 1, PriorityClass.NORMAL);
            long shortTokens = 0;
            Sequence last = longOne;
            while (!machine.firstTokenNanos.containsKey(longOne)) {
                if (last == longOne || machine.firstTokenNanos.containsKey(last)) {
                    last = machine.submit(length, 1, PriorityClass.NORMAL);
                    shortTokens += length;
                }
                machine.step();
            }
            assertThat(shortTokens).as("prompts of %d", length).isBetween(400L, 4000L + 2 * PrefillTurns.LOAN_TOKENS);
        }
    }

    @Test
    void aHigherClassComesFirstHoweverLong() {
        var machine = new Machine(1);
        machine.warm(4);
        Sequence high = machine.submit(3000, 1, PriorityClass.HIGH);
        Sequence low = machine.submit(20, 1, PriorityClass.NORMAL);
        assertThat(machine.firstToken(low)).isGreaterThanOrEqualTo(machine.firstToken(high));
        machine = new Machine(1);
        machine.warm(4);
        low = machine.submit(3000, 1, PriorityClass.NORMAL);
        machine.steps(5);
        high = machine.submit(2900, 1, PriorityClass.HIGH);
        assertThat(machine.firstToken(high)).isLessThan(machine.firstToken(low));
    }
}
