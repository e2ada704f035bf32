package io.vitrine.model.engine;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;

import io.vitrine.model.engine.StepPlan.Logits;
import io.vitrine.model.engine.StepPlan.Span;
import io.vitrine.model.kv.KvPages;
import io.vitrine.model.sampling.SamplingParams;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

class SchedulerTest {

    private static final int CONTEXT = 64;

    private final KvPages pages = new KvPages(8, 4, 1);
    private final Scheduler scheduler = new Scheduler(3, 6, pages);

    @Test
    void admitsInOrderOfArrivalIntoTheLowestFreeSlot() {
        Sequence[] sequences = enqueue(sequence(1, 2), sequence(1, 2), sequence(1, 2), sequence(1, 2));
        assertThat(admitAll()).containsExactly(sequences[0], sequences[1], sequences[2]);
        assertThat(sequences[2].slot()).isEqualTo(2);
        assertThat(scheduler.runningCount()).isEqualTo(3);
        assertThat(scheduler.waitingCount()).isEqualTo(1);

        scheduler.remove(sequences[1]);
        assertThat(admitAll()).containsExactly(sequences[3]);
        assertThat(sequences[3].slot()).isEqualTo(1);
    }

    @Test
    void reservesThePagesOfTheWorstCaseAtAdmission() {
        // 5 of the prompt and 4 of the answer, the last of which is never computed: 8 positions, 2 pages.
        enqueue(sequence(5, 4));
        admitAll();
        assertThat(pages.usedCount()).isEqualTo(2);
        enqueue(sequence(5, 5));
        admitAll();
        assertThat(pages.usedCount()).isEqualTo(5);
    }

    @Test
    void nobodyOvertakesAHeadThatWaitsForPages() {
        Sequence[] sequences = enqueue(sequence(16, 9), sequence(9, 1), sequence(1, 1));
        assertThat(admitAll()).containsExactly(sequences[0]);
        assertThat(pages.freeCount()).isEqualTo(2);

        scheduler.remove(sequences[0]);
        assertThat(admitAll()).containsExactly(sequences[1], sequences[2]);
    }

    @Test
    void knowsWhatCanNeverFit() {
        assertThat(scheduler.fits(sequence(8, 25))).isTrue();
        assertThat(scheduler.fits(sequence(8, 26))).isFalse();
        assertThat(scheduler.fits(sequence(CONTEXT, 1))).isFalse();
        assertThat(scheduler.fits(sequence(CONTEXT + 1, 1))).isFalse();
        // What the context does not let it generate takes no pages.
        var all = new Scheduler(1, 6, new KvPages(16, 4, 1));
        assertThat(all.fits(sequence(CONTEXT - 1, Integer.MAX_VALUE))).isTrue();
    }

    @Test
    void computesALongPromptInChunksBesideWhoDecodes() {
        Sequence[] sequences = enqueue(sequence(2, 5), sequence(14, 3));
        admitAll();
        assertThat(step()).containsExactly("2@0 LAST", "4@0 NONE");
        assertThat(step()).containsExactly("1@2 LAST", "6@4 NONE");
        assertThat(step()).containsExactly("1@3 LAST", "4@10 LAST");
        assertThat(step()).containsExactly("1@4 LAST", "1@14 LAST");
        assertThat(sequences[1].answerLength()).isEqualTo(2);
    }

    @Test
    void giveTheBudgetToWhoWasAdmittedFirst() {
        enqueue(sequence(4, 1), sequence(4, 1), sequence(4, 1));
        admitAll();
        assertThat(step()).containsExactly("4@0 LAST", "2@0 NONE");
    }

    @Test
    void planningChangesNothing() {
        enqueue(sequence(9, 3));
        admitAll();
        List<Integer> first = tokens(scheduler.plan().span(0));
        assertThat(tokens(scheduler.plan().span(0))).isEqualTo(first);
    }

    @Test
    void removesAWaitingSequence() {
        Sequence[] sequences = enqueue(sequence(1, 1), sequence(1, 1));
        scheduler.remove(sequences[0]);
        assertThat(admitAll()).containsExactly(sequences[1]);
    }

    @Test
    void refusesToRemoveWhatIsNotIn() {
        Sequence sequence = enqueue(sequence(1, 1))[0];
        admitAll();
        scheduler.remove(sequence);
        assertThatIllegalStateException().isThrownBy(() -> scheduler.remove(sequence));
        assertThat(scheduler.isEmpty()).isTrue();
    }

    /** Random arrivals and departures against a list of who must be admitted next, and sets of who holds what. */
    @Test
    void holdsItsInvariantsWhateverComes() {
        for (int seed = 0; seed < 40; seed++) {
            new Randomised(seed).run(400);
        }
    }

    private static final class Randomised {
        private final SplittableRandom random;
        private final int slots;
        private final int chunk;
        private final KvPages pages;
        private final Scheduler scheduler;
        private final Deque<Sequence> line = new ArrayDeque<>();
        private final List<Sequence> running = new ArrayList<>();
        private final Map<Sequence, Integer> computed = new HashMap<>();

        Randomised(int seed) {
            random = new SplittableRandom(seed);
            slots = 1 + random.nextInt(6);
            chunk = 1 + random.nextInt(20);
            pages = new KvPages(16 + random.nextInt(30), 4, 1);
            scheduler = new Scheduler(slots, chunk, pages);
        }

        void run(int rounds) {
            for (int round = 0; round < rounds; round++) {
                arrive();
                depart();
                admit();
                step();
            }
            List.copyOf(running).forEach(this::remove);
            List.copyOf(line).forEach(this::remove);
            assertThat(scheduler.isEmpty()).isTrue();
            assertThat(pages.usedCount()).isZero();
        }

        private void arrive() {
            for (int left = random.nextInt(3); left > 0; left--) {
                Sequence sequence = sequence(1 + random.nextInt(40), 1 + random.nextInt(30));
                assertThat(scheduler.fits(sequence)).isTrue();
                scheduler.enqueue(sequence);
                line.add(sequence);
            }
        }

        private void depart() {
            if (random.nextInt(6) == 0 && !line.isEmpty()) {
                remove(List.copyOf(line).get(random.nextInt(line.size())));
            }
            if (random.nextInt(6) == 0 && !running.isEmpty()) {
                remove(running.get(random.nextInt(running.size())));
            }
        }

        private void remove(Sequence sequence) {
            scheduler.remove(sequence);
            line.remove(sequence);
            running.remove(sequence);
        }

        private void admit() {
            for (Sequence next = scheduler.admitNext(); next != null; next = scheduler.admitNext()) {
                assertThat(next).isSameAs(line.poll());
                running.add(next);
                computed.put(next, 0);
            }
            assertThat(running).hasSizeLessThanOrEqualTo(slots);
            // Nobody waits without a reason.
            if (!line.isEmpty() && running.size() < slots) {
                assertThat(pages.pagesFor(line.peek().positionsAtWorst())).isGreaterThan(pages.freeCount());
            }
            assertThat(running.stream().map(Sequence::slot))
                    .doesNotHaveDuplicates()
                    .allMatch(slot -> slot < slots);
        }

        private void step() {
            Batch batch = scheduler.plan();
            int promptTokens = 0;
            Set<Integer> taken = new HashSet<>();
            Set<Sequence> planned = new HashSet<>();
            for (int i = 0; i < batch.size(); i++) {
                Sequence sequence = batch.sequence(i);
                Span span = batch.span(i);
                assertThat(running).contains(sequence);
                assertThat(planned.add(sequence)).isTrue();
                for (int page : span.pages()) {
                    assertThat(taken.add(page))
                            .as("page %d has one owner", page)
                            .isTrue();
                }
                promptTokens += requireGoesOn(sequence, span);
            }
            assertThat(promptTokens).isEqualTo(batch.prefillTokens()).isLessThanOrEqualTo(chunk);
            assertThat(batch.decodeTokens() + batch.prefillTokens()).isEqualTo(tokens(batch));
            requireEverybodyDecodes(planned);
            finish(batch);
        }

        /** The span begins where the last one ended and has room; gives how many prompt tokens it has. */
        private int requireGoesOn(Sequence sequence, Span span) {
            int promptLength = sequence.request().promptLength();
            int end = span.position() + span.tokens().length;
            assertThat(span.position()).isEqualTo(computed.get(sequence));
            assertThat(end).isLessThanOrEqualTo(span.pages().length * 4);
            assertThat(span.logits()).isEqualTo(end < promptLength ? Logits.NONE : Logits.LAST);
            boolean prompt = span.position() < promptLength;
            assertThat(end).isLessThanOrEqualTo(prompt ? promptLength : span.position() + 1);
            return prompt ? span.tokens().length : 0;
        }

        private static int tokens(Batch batch) {
            int tokens = 0;
            for (int i = 0; i < batch.size(); i++) {
                tokens += batch.span(i).tokens().length;
            }
            return tokens;
        }

        private void requireEverybodyDecodes(Set<Sequence> planned) {
            for (Sequence sequence : running) {
                if (computed.get(sequence) >= sequence.request().promptLength()) {
                    assertThat(planned).contains(sequence);
                }
            }
        }

        private void finish(Batch batch) {
            List<Sequence> done = new ArrayList<>();
            for (int i = 0; i < batch.size(); i++) {
                Sequence sequence = batch.sequence(i);
                int count = batch.span(i).tokens().length;
                sequence.advance(count);
                computed.merge(sequence, count, Integer::sum);
                if (batch.span(i).logits() == Logits.LAST) {
                    sequence.append(1);
                    if (sequence.atLimit()) {
                        done.add(sequence);
                    }
                }
            }
            done.forEach(this::remove);
        }
    }

    /** One step as the engine does it; says what its spans were. */
    private List<String> step() {
        Batch batch = scheduler.plan();
        List<String> spans = new ArrayList<>();
        for (int i = 0; i < batch.size(); i++) {
            Span span = batch.span(i);
            spans.add(span.tokens().length + "@" + span.position() + " " + span.logits());
            batch.sequence(i).advance(span.tokens().length);
            if (span.logits() == Logits.LAST) {
                batch.sequence(i).append(1);
            }
        }
        return spans;
    }

    private Sequence[] enqueue(Sequence... sequences) {
        for (Sequence sequence : sequences) {
            scheduler.enqueue(sequence);
        }
        return sequences;
    }

    private List<Sequence> admitAll() {
        List<Sequence> admitted = new ArrayList<>();
        for (Sequence next = scheduler.admitNext(); next != null; next = scheduler.admitNext()) {
            admitted.add(next);
        }
        return admitted;
    }

    private static List<Integer> tokens(Span span) {
        List<Integer> tokens = new ArrayList<>();
        for (int token : span.tokens()) {
            tokens.add(token);
        }
        return tokens;
    }

    private static Sequence sequence(int promptLength, int maxTokens) {
        var request = new GenerationRequest(
                "r", new int[promptLength], maxTokens, Set.of(), SamplingParams.GREEDY, -1, Long.MAX_VALUE);
        return new Sequence(request, CONTEXT, new RecordingTokenSink(), GenerationListener.NONE);
    }
}
