package io.vitrine.model.engine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;

import io.vitrine.model.engine.Decision.Reason;
import io.vitrine.model.engine.StepPlan.Layers;
import io.vitrine.model.engine.StepPlan.Logits;
import io.vitrine.model.engine.StepPlan.Phase;
import io.vitrine.model.engine.StepPlan.Span;
import io.vitrine.model.kv.KvPages;
import io.vitrine.model.kv.PrefixCache;
import io.vitrine.model.sampling.SamplingParams;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

class SchedulerTest {

    private static final int CONTEXT = 64;
    private static final int CHUNK = 6;
    private static final List<PriorityClass> CLASSES = List.of(PriorityClass.values());

    private final KvPages pages = new KvPages(8, 4, 1);
    private final PrefixCache cache = new PrefixCache(pages, 8);
    private Scheduler scheduler = scheduler(1);
    private long nowNanos;
    private int salts;

    private Scheduler scheduler(int layers) {
        return new Scheduler(
                3,
                new PrefillBudget(CHUNK, layers),
                new DraftBudget(0),
                new PageSupply(pages, cache, (source, target, positions) -> {}));
    }

    @Test
    void admitsInOrderOfArrivalIntoTheLowestFreeSlot() {
        Sequence[] sequences = enqueue(sequence(1, 2), sequence(1, 2), sequence(1, 2), sequence(1, 2));
        assertThat(schedule()).containsExactly("ADMITTED a 1", "ADMITTED b 1", "ADMITTED c 1", "WAITS_FOR_SLOT d 1");
        assertThat(sequences[2].slot()).isEqualTo(2);
        assertThat(scheduler.runningCount()).isEqualTo(3);
        assertThat(scheduler.waitingCount()).isEqualTo(1);

        scheduler.remove(sequences[1]);
        assertThat(schedule()).containsExactly("ADMITTED d 1");
        assertThat(sequences[3].slot()).isEqualTo(1);
    }

    @Test
    void aSequenceTakesPagesAsItGrows() {
        enqueue(sequence(3, 20));
        // The prompt and the first token of the answer fill a page.
        List<Integer> used = new ArrayList<>();
        for (int i = 0; i < 7; i++) {
            step();
            used.add(pages.usedCount());
        }
        assertThat(used).containsExactly(1, 1, 2, 2, 2, 2, 3);
    }

    @Test
    void takesNoPageForATokenThatIsNeverComputed() {
        enqueue(sequence(4, 1));
        step();
        assertThat(pages.usedCount()).isEqualTo(1);
    }

    @Test
    void nobodyOvertakesAHeadThatWaitsForPages() {
        Sequence[] sequences = enqueue(sequence(16, 9), sequence(9, 1), sequence(1, 1));
        // 5 pages are taken, 3 are free and 1 of them is for the first to grow into.
        assertThat(schedule()).contains("ADMITTED a 16", "WAITS_FOR_PAGES b 9").noneMatch(said -> said.contains(" c "));

        scheduler.remove(sequences[0]);
        assertThat(schedule()).contains("ADMITTED b 9", "ADMITTED c 1");
    }

    @Test
    void knowsWhatCanNeverFit() {
        assertThat(scheduler.fits(sequence(8, 25))).isTrue();
        assertThat(scheduler.fits(sequence(8, 26))).isFalse();
        assertThat(scheduler.fits(sequence(CONTEXT, 1))).isFalse();
        assertThat(scheduler.fits(sequence(CONTEXT + 1, 1))).isFalse();
        // What the context does not let it generate takes no pages.
        var plenty = new KvPages(16, 4, 1);
        var all = new Scheduler(
                1,
                new PrefillBudget(CHUNK, 1),
                new DraftBudget(0),
                new PageSupply(plenty, new PrefixCache(plenty, 0), (source, target, positions) -> {}));
        assertThat(all.fits(sequence(CONTEXT - 1, Integer.MAX_VALUE))).isTrue();
    }

    @Test
    void computesALongPromptInChunksBesideWhoDecodes() {
        Sequence[] sequences = enqueue(sequence(2, 6), sequence(14, 3));
        assertThat(step()).containsExactly("2@0 LAST", "4@0 NONE");
        // Learns how long a step takes without a prompt.
        assertThat(step()).containsExactly("1@2 ALL");
        assertThat(step()).containsExactly("1@3 ALL", "4@4 NONE");
        assertThat(step()).containsExactly("1@4 ALL", "6@8 LAST"); // the last one took no longer for its four
        assertThat(step()).containsExactly("1@5 ALL", "1@14 ALL");
        assertThat(sequences[1].answerLength()).isEqualTo(2);
    }

    @Test
    void computesSomeLayersOfAChunkThatAStepHasNoRoomFor() {
        scheduler = scheduler(3);
        Sequence[] sequences = enqueue(sequence(2, 6), sequence(11, 3), sequence(4, 1));
        assertThat(step()).containsExactly("2@0 LAST", "4@0 NONE");
        assertThat(step()).containsExactly("1@2 ALL");
        assertThat(schedule()).containsExactly("PREFILL_CUT_BY_BUDGET b 4", "PREFILL_CUT_BY_BUDGET c 0");
        assertThat(step()).containsExactly("1@3 ALL", "6@4 NONE 0-2 of 3");
        assertThat(sequences[1].computedCount()).isEqualTo(4);
        assertThat(schedule()).containsExactly("PREFILL_CUT_BY_BUDGET b 2", "PREFILL_CUT_BY_BUDGET c 0");
        assertThat(step()).containsExactly("1@4 ALL", "6@4 NONE 2-3 of 3");
        assertThat(sequences[1].computedCount()).isEqualTo(10);
        assertThat(step()).containsExactly("1@5 ALL", "1@10 LAST", "4@0 LAST");
    }

    @Test
    void aShortPromptDoesNotWaitForTheLayersOfABegunChunk() {
        scheduler = scheduler(3);
        enqueue(sequence(2, 9), sequence(11, 3));
        step();
        step();
        assertThat(step()).containsExactly("1@3 ALL", "6@4 NONE 0-2 of 3");
        enqueue(sequence(3, 1));
        assertThat(schedule()).contains("PREFILL_CUT_BY_BUDGET b 0");
        assertThat(step()).containsExactly("1@4 ALL", "3@0 LAST");
        assertThat(step()).containsExactly("1@5 ALL", "6@4 NONE 2-3 of 3");
        assertThat(step()).containsExactly("1@6 ALL", "1@10 LAST");
    }

    @Test
    void aHigherClassDoesNotWaitForAShorterPrompt() {
        enqueue(sequence(20, 1, PriorityClass.HIGH), sequence(2, 1));
        assertThat(step()).containsExactly("6@0 NONE");
    }

    @Test
    void aPromptThatIsNotMuchShorterWaits() {
        enqueue(sequence(11, 1), sequence(6, 1));
        assertThat(step()).containsExactly("6@0 NONE");
        assertThat(step()).containsExactly("5@6 LAST", "1@0 NONE");
    }

    @Test
    void whoLeavesAmidAChunkKeepsNobodyWaitingForItsLayers() {
        scheduler = scheduler(3);
        Sequence[] sequences = enqueue(sequence(2, 6), sequence(11, 3), sequence(4, 1));
        step();
        step();
        assertThat(step()).containsExactly("1@3 ALL", "6@4 NONE 0-2 of 3");
        scheduler.remove(sequences[1]);
        assertThat(step()).containsExactly("1@4 ALL", "4@0 LAST");
    }

    @Test
    void givesTheBudgetToTheFirst() {
        enqueue(sequence(4, 1), sequence(4, 1), sequence(4, 1));
        assertThat(schedule()).containsSubsequence("PREFILL_CUT_BY_BUDGET b 2", "PREFILL_CUT_BY_BUDGET c 0");
        assertThat(step()).containsExactly("4@0 LAST", "2@0 NONE");
    }

    @Test
    void schedulingTwiceChangesNothing() {
        enqueue(sequence(9, 3));
        scheduler.schedule(nowNanos);
        List<Integer> first = tokens(scheduler.schedule(nowNanos).span(0));
        assertThat(tokens(scheduler.schedule(nowNanos).span(0))).isEqualTo(first);
    }

    @Test
    void removesAWaitingSequence() {
        Sequence[] sequences = enqueue(sequence(1, 1), sequence(1, 1));
        scheduler.remove(sequences[0]);
        assertThat(schedule()).containsExactly("ADMITTED b 1");
    }

    @Test
    void refusesToRemoveWhatIsNotIn() {
        Sequence sequence = enqueue(sequence(1, 1))[0];
        schedule();
        scheduler.remove(sequence);
        assertThatIllegalStateException().isThrownBy(() -> scheduler.remove(sequence));
        assertThat(scheduler.isEmpty()).isTrue();
    }

    @Test
    void preemptsTheYoungestWhenNoPageIsFreeAndComputesItAgainTheWayItWas() {
        Sequence[] sequences = enqueue(sequence(11, 14), sequence(3, 20));
        Sequence young = sequences[1];
        while (!young.preempted()) {
            step();
        }
        assertThat(sequences[0].running()).isTrue();
        int known = young.length();
        assertThat(known).isGreaterThan(4);
        scheduler.remove(sequences[0]);
        assertThat(schedule()).containsExactly("RESUMED b " + known);
        assertThat(step()).containsExactly("3@0 NONE");
        // The answer's known tokens in chunks, in the way of decoding; the row of the last one gives the next.
        int replayed = 0;
        for (int position = 3; position < known; position += CHUNK) {
            assertThat(young.length()).isEqualTo(known);
            replayed += scheduler.schedule(nowNanos).replayedTokens();
            assertThat(step()).containsExactly(Math.min(CHUNK, known - position) + "@" + position + " ALL");
        }
        assertThat(replayed).isEqualTo(known - 4);
        assertThat(young.length()).isEqualTo(known + 1);
    }

    @Test
    void saysWhoGaveItsPagesUpAndWaitsForThem() {
        Sequence[] sequences = enqueue(sequence(11, 14), sequence(3, 20));
        List<String> said = List.of();
        while (!sequences[1].preempted()) {
            step();
            said = schedule();
        }
        int known = sequences[1].length();
        assertThat(said).containsExactly("PREEMPTED_FOR_PAGES b " + (known - 1), "WAITS_FOR_PAGES b " + known);
    }

    @Test
    void preemptsTheLowestClassFirst() {
        Sequence[] sequences = enqueue(
                sequence(3, 20, PriorityClass.LOW),
                sequence(8, 20, PriorityClass.HIGH),
                sequence(4, 20, PriorityClass.NORMAL));
        while (!sequences[0].preempted()) {
            step();
        }
        assertThat(sequences[1].running()).isTrue();
        assertThat(sequences[2].running()).isTrue();
        while (!sequences[2].preempted()) {
            step();
        }
        assertThat(sequences[1].running()).isTrue();
        // It left after the lowest class, and comes back before it.
        scheduler.remove(sequences[1]);
        assertThat(schedule()).first().asString().startsWith("RESUMED c");
    }

    @Test
    void admitsTheHigherClassFirst() {
        enqueue(
                sequence(1, 1, PriorityClass.LOW),
                sequence(1, 1, PriorityClass.NORMAL),
                sequence(1, 1, PriorityClass.HIGH),
                sequence(1, 1, PriorityClass.HIGH));
        assertThat(schedule()).containsExactly("ADMITTED c 1", "ADMITTED d 1", "ADMITTED b 1", "WAITS_FOR_SLOT a 1");
    }

    @Test
    void raisesWhoHasWaitedForLong() {
        Sequence[] running = enqueue(sequence(1, 9), sequence(1, 9), sequence(1, 9));
        step();
        Sequence low = enqueue(sequence(1, 1, PriorityClass.LOW))[0];
        nowNanos = WaitingLine.AGEING_NANOS - 1;
        assertThat(schedule()).containsExactly("WAITS_FOR_SLOT d 1");
        nowNanos++;
        assertThat(schedule()).containsExactly("RAISED_BY_WAITING d 1", "WAITS_FOR_SLOT d 1");
        assertThat(low.rank()).isEqualTo(PriorityClass.NORMAL);
        nowNanos += WaitingLine.AGEING_NANOS;
        schedule();
        enqueue(sequence(1, 1, PriorityClass.HIGH));
        scheduler.remove(running[1]);
        assertThat(schedule()).startsWith("ADMITTED d 1", "WAITS_FOR_SLOT e 1");
    }

    /** There are always more of the highest class than can run, in slots and in pages. */
    @Test
    void aLowRequestEndsUnderEndlessLoadOfTheHighestClass() {
        Sequence low = enqueue(sequence("low", new int[7], 20, PriorityClass.LOW, "low"))[0];
        int preemptions = 0;
        for (int second = 0; !low.atLimit(); second++) {
            assertThat(second).as("seconds until it has ended").isLessThan(200);
            nowNanos += 1_000_000_000;
            while (scheduler.waitingCount() < 4) {
                enqueue(sequence("high" + salts, new int[3], 20, PriorityClass.HIGH, "high" + salts++));
            }
            preemptions += (int) schedule().stream()
                    .filter(said -> said.startsWith("PREEMPTED"))
                    .count();
            step();
        }
        assertThat(preemptions).isPositive();
    }

    @Test
    void sharesAComputedPromptAsSoonAsItsStepIsDone() {
        Sequence[] sequences = enqueue(shared("a", 9), shared("b", 10));
        assertThat(schedule())
                .containsExactly(
                        "ADMITTED a 9", "ADMITTED b 10", "PREFILL_CUT_BY_BUDGET a 6", "PREFILL_CUT_BY_BUDGET b 0");
        assertThat(step()).containsExactly("6@0 NONE");
        // b computes nothing of what a computes, and copies the page that it takes a part of.
        assertThat(schedule()).containsExactly("PREFILL_CUT_BY_BUDGET b 0");
        assertThat(step()).containsExactly("3@6 LAST");
        assertThat(step()).containsExactly("1@9 ALL");
        assertThat(schedule()).containsExactly("PREFIX_CACHE_HIT b 9");
        assertThat(step()).containsExactly("1@10 ALL", "1@9 LAST");
        assertThat(sequences[1].usage().cachedTokens()).isEqualTo(9);
        assertThat(sequences[1].page(1)).isEqualTo(sequences[0].page(1));
        // Two shared pages, and one each.
        assertThat(pages.usedCount()).isEqualTo(4);
    }

    @Test
    void ofTwoThatComputedTheSamePageOneGivesItsOwnBack() {
        var wide = new Scheduler(
                2,
                new PrefillBudget(64, 1),
                new DraftBudget(0),
                new PageSupply(pages, cache, (source, target, positions) -> {}));
        Sequence[] sequences = {shared("a", 5), sequence("b", new int[5], 9, PriorityClass.HIGH, "")};
        wide.enqueue(sequences[0], 0);
        wide.schedule(0);
        wide.enqueue(sequences[1], 0); // of a higher class, it does not wait for the other
        Batch batch = wide.schedule(0);
        assertThat(pages.usedCount()).isEqualTo(4);
        wide.advance(sequences[0], batch.span(0).tokens().length);
        wide.advance(sequences[1], batch.span(1).tokens().length);
        assertThat(pages.usedCount()).isEqualTo(3);
        assertThat(sequences[1].page(0)).isEqualTo(sequences[0].page(0));
        wide.remove(sequences[0]);
        wide.remove(sequences[1]);
        assertThat(pages.usedCount()).isEqualTo(cache.idleCount()).isEqualTo(1);
    }

    @Test
    void sharesOnlyAmongEqualSalts() {
        enqueue(sequence(9, 1));
        run(2);
        assertThat(scheduler.isEmpty()).isTrue();
        assertThat(cache.size()).isEqualTo(2);
        enqueue(sequence(9, 1));
        assertThat(schedule()).containsExactly("ADMITTED b 9", "PREFILL_CUT_BY_BUDGET b 6");
    }

    @Test
    void aPageInTheCacheGivesWayToARunningSequence() {
        enqueue(sequence(17, 1));
        run(3);
        assertThat(cache.idleCount()).isEqualTo(4);
        Sequence second = enqueue(sequence(4, 29))[0];
        while (!second.atLimit()) {
            step();
        }
        assertThat(second.preempted()).isFalse();
        assertThat(pages.usedCount()).isEqualTo(cache.size()).isEqualTo(1);
    }

    /** Random arrivals and departures against a list of who must be admitted next, and sets of who holds what. */
    @Test
    void holdsItsInvariantsWhateverComes() {
        for (int seed = 0; seed < 60; seed++) {
            new Randomised(seed).run(300);
        }
    }

    private static final class Randomised {
        private final SplittableRandom random;
        private final int slots;
        private final int chunk;
        private final int layers;
        private final int draftTokens;
        private final KvPages pages;
        private final PrefixCache cache;
        private final Scheduler scheduler;
        private final List<Sequence> line = new ArrayList<>();
        private final List<Sequence> running = new ArrayList<>();
        private final Map<Sequence, Integer> arrivals = new HashMap<>();
        private final Map<Sequence, Integer> computed = new HashMap<>();
        /** The chunks that steps compute layer by layer. */
        private final Map<Sequence, Span> begun = new HashMap<>();

        Randomised(int seed) {
            random = new SplittableRandom(seed);
            slots = 1 + random.nextInt(6);
            chunk = 1 + random.nextInt(20);
            pages = new KvPages(17 + random.nextInt(20), 4, 1);
            cache = new PrefixCache(pages, random.nextLong(3) * random.nextLong(40));
            draftTokens = random.nextInt(6);
            layers = 1 + seed % 2 * random.nextInt(9);
            scheduler = new Scheduler(
                    slots,
                    new PrefillBudget(chunk, layers),
                    new DraftBudget(draftTokens),
                    new PageSupply(pages, cache, (source, target, positions) -> {}));
        }

        void run(int rounds) {
            for (int round = 0; round < rounds; round++) {
                arrive();
                depart();
                round();
            }
            for (int left = 0; !scheduler.isEmpty(); left++) {
                assertThat(left).as("rounds until everybody has ended").isLessThan(40 * arrivals.size());
                round();
            }
            assertThat(pages.usedCount()).isEqualTo(cache.size()).isEqualTo(cache.idleCount());
        }

        private void arrive() {
            if (line.size() > 10) {
                return;
            }
            for (int left = random.nextInt(3); left > 0; left--) {
                // Few different prompts, each the beginning of the next longer one.
                int[] prompt = new int[1 + random.nextInt(40)];
                Arrays.fill(prompt, random.nextInt(2));
                var priority = CLASSES.get(random.nextInt(3));
                Sequence sequence = SchedulerTest.sequence(
                        "r" + arrivals.size(), prompt, 1 + random.nextInt(28), priority, "s" + random.nextInt(2));
                assertThat(scheduler.fits(sequence)).isTrue();
                scheduler.enqueue(sequence, 0);
                arrivals.put(sequence, arrivals.size());
                line.add(sequence);
            }
        }

        private void depart() {
            if (random.nextInt(6) == 0 && !line.isEmpty()) {
                remove(line.get(random.nextInt(line.size())));
            }
            if (random.nextInt(6) == 0 && !running.isEmpty()) {
                remove(running.get(random.nextInt(running.size())));
            }
        }

        private void remove(Sequence sequence) {
            scheduler.remove(sequence);
            line.remove(sequence);
            running.remove(sequence);
            forget(sequence);
        }

        private void forget(Sequence sequence) {
            begun.remove(sequence);
        }

        private boolean comesBefore(Sequence one, Sequence other) {
            int byClass = one.request().priority().compareTo(other.request().priority());
            return byClass == 0 ? arrivals.get(one) < arrivals.get(other) : byClass < 0;
        }

        private void round() {
            if (scheduler.isEmpty()) {
                return;
            }
            Batch batch = scheduler.schedule(0);
            Decisions decisions = scheduler.decisions();
            for (int i = 0; i < decisions.size(); i++) {
                follow(decisions.decision(i), decisions.sequence(i));
            }
            assertThat(scheduler.runningCount()).isEqualTo(running.size()).isLessThanOrEqualTo(slots);
            assertThat(running.stream().map(Sequence::slot))
                    .doesNotHaveDuplicates()
                    .allMatch(slot -> slot >= 0 && slot < slots);
            check(batch);
            finish(batch);
            scheduler.stepEnded(random.nextLong(5_000));
        }

        private void follow(Decision decision, Sequence sequence) {
            switch (decision.reason()) {
                case ADMITTED, RESUMED -> {
                    assertThat(line).contains(sequence).noneMatch(other -> comesBefore(other, sequence));
                    assertThat(decision.reason() == Reason.RESUMED).isEqualTo(computed.containsKey(sequence));
                    line.remove(sequence);
                    running.add(sequence);
                    computed.put(sequence, 0);
                }
                case PREEMPTED_FOR_PAGES -> {
                    assertThat(running).noneMatch(other -> comesBefore(sequence, other));
                    assertThat(running).as("one is left to go on").hasSizeGreaterThan(1);
                    running.remove(sequence);
                    line.add(sequence);
                    forget(sequence);
                }
                case PREFIX_CACHE_HIT ->
                    assertThat(computed.merge(sequence, decision.tokens(), Integer::sum))
                            .isLessThan(sequence.request().promptLength());
                case WAITS_FOR_SLOT -> assertThat(running).hasSize(slots);
                case WAITS_FOR_PAGES -> assertThat(running).hasSizeBetween(1, slots - 1);
                case PREFILL_CUT_BY_BUDGET ->
                    assertThat(decision.tokens())
                            .isLessThan(sequence.request().promptLength() - computed.get(sequence));
                case RAISED_BY_WAITING -> throw new AssertionError("no time passes");
            }
        }

        private void check(Batch batch) {
            int promptTokens = 0;
            Set<Integer> written = new HashSet<>();
            Set<Integer> held = new HashSet<>();
            Set<Sequence> planned = new HashSet<>();
            for (int i = 0; i < batch.size(); i++) {
                Sequence sequence = batch.sequence(i);
                Span span = batch.span(i);
                assertThat(running).contains(sequence);
                assertThat(planned.add(sequence)).isTrue();
                for (int index = span.position() / 4; index < span.pages().length; index++) {
                    assertThat(written.add(span.pages()[index]))
                            .as("page %d has one writer", span.pages()[index])
                            .isTrue();
                }
                promptTokens += requireGoesOn(sequence, span);
            }
            for (Sequence sequence : running) {
                for (int index = 0; index < sequence.pageCount(); index++) {
                    held.add(sequence.page(index));
                    boolean shared = index < sequence.computedCount() / 4;
                    assertThat(shared || pages.referenceCount(sequence.page(index)) == 1)
                            .isTrue();
                }
            }
            assertThat(pages.usedCount()).isEqualTo(held.size() + cache.idleCount());
            assertThat(promptTokens).isEqualTo(batch.prefillTokens()).isLessThanOrEqualTo(chunk);
            requireEverybodyDecodes(planned);
        }

        /** The span begins where the last one ended and has room; gives how many prompt tokens it has. */
        private int requireGoesOn(Sequence sequence, Span span) {
            int promptLength = sequence.request().promptLength();
            int end = span.position() + span.tokens().length;
            assertThat(span.position()).isEqualTo(computed.get(sequence));
            assertThat(end).isLessThanOrEqualTo(span.pages().length * 4);
            boolean prompt = span.position() < promptLength;
            assertThat(span.phase()).isEqualTo(prompt ? Phase.PREFILL : Phase.DECODE);
            Logits ofPrompt = end < sequence.length() || !span.layers().last() ? Logits.NONE : Logits.LAST;
            assertThat(span.logits()).isEqualTo(prompt ? ofPrompt : Logits.ALL);
            int answerEnd = Math.max(span.position() + 1 + draftTokens, sequence.length());
            assertThat(end).isLessThanOrEqualTo(prompt ? promptLength : answerEnd);
            assertThat(end).isLessThanOrEqualTo(sequence.positionsAtWorst());
            return prompt ? requireGoesOnFromLayer(sequence, span) : 0;
        }

        /** A chunk that is begun goes on where it was left; gives what counts of this one. */
        private int requireGoesOnFromLayer(Sequence sequence, Span span) {
            Span before = begun.get(sequence);
            if (before == null) {
                assertThat(span.layers().first()).isZero();
            } else {
                assertThat(span.tokens()).isEqualTo(before.tokens());
                assertThat(span.layers().first()).isEqualTo(before.layers().end());
                assertThat(span.layers().place()).isEqualTo(before.layers().place());
            }
            assertThat(span.countedTokens()).isPositive();
            return span.countedTokens();
        }

        private void requireEverybodyDecodes(Set<Sequence> planned) {
            for (Sequence sequence : running) {
                if (computed.get(sequence) >= sequence.request().promptLength() && sequence.knownAhead() == 0) {
                    assertThat(planned).contains(sequence);
                }
            }
        }

        private void finish(Batch batch) {
            for (int i = 0; i < batch.size(); i++) {
                Sequence sequence = batch.sequence(i);
                if (batch.span(i).phase() == Phase.PREFILL) {
                    finishChunk(sequence, batch.span(i));
                } else {
                    finishDecoding(sequence, batch.span(i).tokens());
                }
            }
        }

        private void finishChunk(Sequence sequence, Span span) {
            scheduler.chunkComputed(sequence, span);
            if (span.layers().last()) {
                forget(sequence);
                computed.merge(sequence, span.tokens().length, Integer::sum);
                append(sequence);
            } else {
                begun.put(sequence, span);
            }
        }

        private void finishDecoding(Sequence sequence, int[] tokens) {
            boolean goesOn = true;
            for (int row = 0; goesOn && row < tokens.length; row++) {
                computed(sequence, 1);
                goesOn = sequence.knowsNext()
                        || (append(sequence) && row + 1 < tokens.length && tokens[row + 1] == sequence.lastToken());
            }
        }

        private void computed(Sequence sequence, int count) {
            scheduler.advance(sequence, count);
            computed.merge(sequence, count, Integer::sum);
        }

        /** False if the sequence ended with it. */
        private boolean append(Sequence sequence) {
            if (!sequence.knowsNext()) {
                sequence.append(random.nextInt(2));
                if (sequence.atLimit()) {
                    remove(sequence);
                    return false;
                }
            }
            return true;
        }
    }

    /** What the next step's decisions are, each as {@code reason request tokens}. */
    private List<String> schedule() {
        scheduler.schedule(nowNanos);
        return scheduler.decisions().copy().stream()
                .map(decision -> decision.reason() + " " + decision.requestId() + " " + decision.tokens())
                .toList();
    }

    /** One step as the engine does it; says what its spans were. */
    private List<String> step() {
        Batch batch = scheduler.schedule(nowNanos);
        List<String> spans = new ArrayList<>();
        for (int i = 0; i < batch.size(); i++) {
            Span span = batch.span(i);
            spans.add(span.tokens().length + "@" + span.position() + " " + span.logits() + layers(span));
            if (span.phase() == Phase.PREFILL) {
                scheduler.chunkComputed(batch.sequence(i), span);
            } else {
                scheduler.advance(batch.sequence(i), span.tokens().length);
            }
            if (!batch.sequence(i).knowsNext()) {
                batch.sequence(i).append(1);
                removeAtLimit(batch.sequence(i));
            }
        }
        scheduler.stepEnded(1);
        return spans;
    }

    private static String layers(Span span) {
        Layers layers = span.layers();
        return layers.equals(Layers.ALL) ? "" : " " + layers.first() + "-" + layers.end() + " of " + layers.count();
    }

    private void removeAtLimit(Sequence sequence) {
        if (sequence.atLimit()) {
            scheduler.remove(sequence);
        }
    }

    private void run(int steps) {
        for (int i = 0; i < steps; i++) {
            step();
        }
    }

    private Sequence[] enqueue(Sequence... sequences) {
        for (Sequence sequence : sequences) {
            scheduler.enqueue(sequence, nowNanos);
        }
        return sequences;
    }

    private static List<Integer> tokens(Span span) {
        List<Integer> tokens = new ArrayList<>();
        for (int token : span.tokens()) {
            tokens.add(token);
        }
        return tokens;
    }

    private Sequence sequence(int promptLength, int maxTokens) {
        return sequence(promptLength, maxTokens, PriorityClass.NORMAL);
    }

    /** Named a, b, c in order; shares nothing. */
    private Sequence sequence(int promptLength, int maxTokens, PriorityClass priority) {
        String name = String.valueOf((char) ('a' + salts++));
        return sequence(name, new int[promptLength], maxTokens, priority, name);
    }

    private static Sequence shared(String name, int promptLength) {
        return sequence(name, new int[promptLength], 9, PriorityClass.NORMAL, "");
    }

    private static Sequence sequence(String name, int[] prompt, int maxTokens, PriorityClass priority, String salt) {
        var request = new GenerationRequest(
                name, prompt, maxTokens, Set.of(), SamplingParams.GREEDY, -1, Long.MAX_VALUE, priority, salt);
        return new Sequence(request, CONTEXT, new RecordingTokenSink(), GenerationListener.NONE);
    }
}
