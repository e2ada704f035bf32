package io.vitrine.model.engine;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

import io.vitrine.model.engine.Decision.Reason;
import io.vitrine.model.engine.StepPlan.Layers;
import io.vitrine.model.engine.StepPlan.Span;
import org.jspecify.annotations.Nullable;

/**
 * Decides which sequences run and what each step computes of them. Logic only: no thread, no clock, no model.
 *
 * <p>Everything goes by one order, {@linkplain Sequence#precedes class, then arrival}:
 *
 * <ul>
 *   <li>A running sequence takes a page when it has filled the last. If none is free the last of the running ones is
 *       preempted: it waits again where it belongs and is recomputed, never failed. The first one never is, because alone it
 *       always {@linkplain #fits fits}: so it gets on in every step, and after it the next.
 *   <li>The head of the line waits for a slot, and for the pages of its tokens and one more; nobody overtakes it, so that a
 *       large request is not starved by small ones. It begins only if as many pages stay free as sequences run, one for each
 *       to grow into: otherwise it would soon be preempted, and what was computed of it lost. A preempted one needs all the
 *       pages it gave up, so it does not come back at once.
 *   <li>Every step has the next token of each sequence that decodes, and beside them prompt tokens up to the
 *       {@link PrefillBudget}, in the order of {@link PrefillTurns}. Where the budget is less than a chunk, the step
 *       computes some
 *       layers of one and no other prompt; later steps go on with it, but a prompt whose turn it is does not wait for
 *       that.
 *   <li>The tokens of an answer that is computed again count as prompt tokens, but are rows that decode.
 *   <li>Of prompts that begin alike the first is computed; the others wait for it and take its pages, the last one by a
 *   copy.
 *   <li>A step has also the tokens that sequences guess to come next, as far as the {@link DraftBudget} allows.
 * </ul>
 */
final class Scheduler {

    /** Of a prompt whose tokens are scored in a step: each has a row of logits. */
    private static final int MOST_SCORED_ROWS = 64;

    /** Each row reads all its context for itself, and its index tensors are as large: more at once save little. */
    private static final int MOST_REPLAY_ROWS = 64;

    private final int slots;
    private final PrefillBudget prefillBudget;
    private final DraftBudget draftBudget;
    private final PageSupply pages;
    private final WaitingLine waiting = new WaitingLine();
    /** First ones first. */
    private final List<Sequence> running = new ArrayList<>();

    private final BitSet takenSlots = new BitSet();
    private final Batch batch = new Batch();
    private final Decisions decisions = new Decisions();
    private final PrefillTurns turns = new PrefillTurns();
    private long arrivalCount;

    Scheduler(int slots, PrefillBudget prefillBudget, DraftBudget draftBudget, PageSupply pages) {
        this.slots = slots;
        this.prefillBudget = prefillBudget;
        this.draftBudget = draftBudget;
        this.pages = pages;
    }

    /** Whether the sequence could run if it were alone. Any thread: reads only what never changes. */
    boolean fits(Sequence sequence) {
        return sequence.answerLimit() >= 1 && pages.fits(sequence);
    }

    /** Puts a sequence that {@linkplain #fits fits} into the line. */
    void enqueue(Sequence sequence, long nowNanos) {
        sequence.arrive(arrivalCount++);
        waiting.add(sequence, nowNanos);
    }

    /**
     * Decides who runs, and what the next step computes; valid until the next call. Once the step is done, the caller
     * {@linkplain #advance advances} its sequences.
     */
    Batch schedule(long nowNanos) {
        decisions.clear();
        waiting.age(nowNanos, decisions);
        grow(nowNanos);
        admit();
        batch.clear();
        addDecoding();
        addPrompts();
        return batch;
    }

    /** What the last {@link #schedule} decided; valid until the next. */
    Decisions decisions() {
        return decisions;
    }

    /** Gives everyone the page of its next position, the first ones first. */
    private void grow(long nowNanos) {
        for (int i = 0; i < running.size(); i++) {
            Sequence sequence = running.get(i);
            while (sequence.running() && !pages.grow(sequence)) {
                preempt(running.get(running.size() - 1), nowNanos);
            }
        }
    }

    private void preempt(Sequence sequence, long nowNanos) {
        decisions.add(Reason.PREEMPTED_FOR_PAGES, sequence, sequence.computedCount());
        stop(sequence);
        sequence.preempt();
        waiting.add(sequence, nowNanos);
    }

    private void admit() {
        for (Sequence head = waiting.head(); head != null; head = waiting.head()) {
            Reason obstacle = obstacle(head);
            if (obstacle != null) {
                decisions.add(obstacle, head, head.length());
                return;
            }
            waiting.remove(head);
            start(head);
        }
    }

    /** What keeps the head of the line from beginning; null if nothing does: it has its pages then. */
    private @Nullable Reason obstacle(Sequence head) {
        if (running.size() == slots) {
            return Reason.WAITS_FOR_SLOT;
        }
        return pages.begin(head, running.size()) ? null : Reason.WAITS_FOR_PAGES;
    }

    /** Of the sequences before it, the one whose prompt has most in common with its own. */
    private void chooseLeader(Sequence sequence) {
        int most = sequence.computedCount();
        for (int i = 0; i < running.size(); i++) {
            Sequence other = running.get(i);
            if (other != sequence && other.precedes(sequence)) {
                int common = sequence.tokensInCommon(other);
                if (common > most) {
                    most = common;
                    sequence.follow(other, common);
                }
            }
        }
    }

    private void start(Sequence sequence) {
        int slot = takenSlots.nextClearBit(0);
        takenSlots.set(slot);
        sequence.start(slot);
        int index = running.size();
        while (index > 0 && sequence.precedes(running.get(index - 1))) {
            index--;
        }
        running.add(index, sequence);
        chooseLeader(sequence);
        int cachedTokens = sequence.computedCount();
        Reason reason = sequence.preempted() ? Reason.RESUMED : Reason.ADMITTED;
        decisions.add(reason, sequence, sequence.length() - cachedTokens);
        noteHit(sequence, cachedTokens);
    }

    private void noteHit(Sequence sequence, int cachedTokens) {
        if (cachedTokens > 0) {
            decisions.add(Reason.PREFIX_CACHE_HIT, sequence, cachedTokens);
        }
    }

    private void addDecoding() {
        draftBudget.begin(decodingCount());
        for (int i = 0; i < running.size(); i++) {
            Sequence sequence = running.get(i);
            if (!sequence.awaitsPrefill()) {
                batch.addDecode(sequence, draftedTokens(sequence));
            }
        }
    }

    private int decodingCount() {
        int count = 0;
        for (int i = 0; i < running.size(); i++) {
            count += running.get(i).awaitsPrefill() ? 0 : 1;
        }
        return count;
    }

    private int draftedTokens(Sequence sequence) {
        int most = Math.min(pages.roomAhead(sequence), draftBudget.most());
        if (most <= 0) {
            return 0;
        }
        if (!draftBudget.pays(sequence.acceptance())) {
            sequence.forget();
            return 0;
        }
        return sequence.guess(most) ? draftBudget.take(sequence.permittedDrafts(most), sequence.acceptance()) : 0;
    }

    private void addPrompts() {
        Sequence next = turns.next(running);
        if (next == null) {
            return;
        }
        int prompts = running.size() - batch.size();
        double room = prefillBudget.tokens(batch.decodeRows(), prompts, next.computedCount());
        room -= addPrompt(next, room);
        for (int i = 0; i < running.size(); i++) {
            Sequence sequence = running.get(i);
            if (sequence != next && sequence.awaitsPrefill()) {
                room -= addPrompt(sequence, room);
            }
        }
    }

    /** Gives what it takes of the {@code room}: all, if it is a chunk of which this step computes some layers. */
    private double addPrompt(Sequence sequence, double room) {
        if (sequence.promptLeft() == 0) {
            return addReplay(sequence, room);
        }
        if (sequence.waitsForLeader()) {
            return skip(sequence);
        }
        boolean first = batch.prefillTokens() == 0;
        if (sequence.begunTokens() > 0) {
            return first ? addLayers(sequence, sequence.begunTokens(), room) : skip(sequence);
        }
        if (room > 0) {
            noteHit(sequence, shareComputed(sequence));
        }
        int left = sequence.request().scoresPrompt()
                ? Math.min(sequence.promptLeft(), MOST_SCORED_ROWS)
                : sequence.promptLeft();
        int count = first ? prefillBudget.chunk(left, room) : Math.min(left, (int) room);
        if (count > room) {
            return addLayers(sequence, count, room);
        }
        addChunk(sequence, count, Layers.ALL);
        return count;
    }

    private int shareComputed(Sequence sequence) {
        int taken = pages.catchUp(sequence);
        Sequence leader = sequence.leader();
        return leader == null ? taken : taken + pages.copyFrom(leader, sequence, sequence.commonTokens());
    }

    /** Known tokens of an answer, as rows that decode: only so are their keys and values the same to the bit. */
    private double addReplay(Sequence sequence, double room) {
        if (room <= 0) {
            return 0;
        }
        int most = Math.min(MOST_REPLAY_ROWS, Math.max(1, (int) room));
        int count = Math.min(Math.min(most, sequence.tokensLeft()), 1 + pages.roomAhead(sequence));
        batch.addReplay(sequence, count);
        return count;
    }

    private double addLayers(Sequence sequence, int count, double room) {
        if (room <= 0) {
            return skip(sequence);
        }
        Layers layers = prefillBudget.layers(count, sequence.begunLayers(), room);
        addChunk(sequence, count, layers.at(sequence.slot()));
        return room;
    }

    private double skip(Sequence sequence) {
        addChunk(sequence, 0, Layers.ALL);
        return 0;
    }

    private void addChunk(Sequence sequence, int count, Layers layers) {
        if (count < sequence.promptLeft() || !layers.last()) {
            decisions.add(Reason.PREFILL_CUT_BY_BUDGET, sequence, layers.share(count));
        }
        if (count > 0) {
            batch.addPrompt(sequence, count, layers);
        }
    }

    /** So many layers of a chunk of a prompt are computed. */
    void chunkComputed(Sequence sequence, Span chunk) {
        int count = chunk.tokens().length;
        turns.computed(sequence, chunk.countedTokens());
        if (chunk.layers().last()) {
            sequence.beginChunk(0, 0);
            computed(sequence, count);
        } else {
            sequence.beginChunk(count, chunk.layers().end());
        }
    }

    /** {@code count} more tokens are computed: those of a prompt may now be read by whoever has the same. */
    void advance(Sequence sequence, int count) {
        turns.computed(sequence, count);
        computed(sequence, count);
    }

    private void computed(Sequence sequence, int count) {
        int from = sequence.computedCount();
        boolean prompt = sequence.promptLeft() > 0;
        sequence.advance(count);
        if (prompt) {
            pages.promptComputed(sequence, from);
        }
    }

    /** What became of a guess: so many of its tokens came true. */
    void guessJudged(Sequence sequence, int draftedTokens, int acceptedTokens) {
        sequence.learn(draftedTokens, acceptedTokens);
        batch.accept(acceptedTokens);
    }

    /** The step of the last {@link #schedule} is done and its tokens are handed over; it took {@code nanos}. */
    void stepEnded(long nanos) {
        prefillBudget.stepEnded(batch.decodeRows(), batch.prefillPosition(), batch.prefillWork(), nanos);
    }

    /**
     * Takes a sequence out, waiting or running, and frees what it held.
     *
     * @throws IllegalStateException if it is not in, or its pages are free already: the books are wrong
     */
    void remove(Sequence sequence) {
        if (sequence.running()) {
            stop(sequence);
        } else {
            requireIn(waiting.remove(sequence));
        }
    }

    /** What a running sequence has computed is not to be shared with later ones. */
    void distrust(Sequence sequence) {
        sequence.chain().forget();
    }

    private void stop(Sequence sequence) {
        requireIn(running.remove(sequence));
        takenSlots.clear(sequence.slot());
        turns.forget(sequence);
        pages.release(sequence);
    }

    private static void requireIn(boolean removed) {
        if (!removed) {
            throw new IllegalStateException("the sequence is not in the scheduler");
        }
    }

    /** Adds every sequence, running then waiting, each in its order. */
    void copyTo(List<Sequence> target) {
        target.addAll(running);
        waiting.copyTo(target);
    }

    /** Whether the sequence is in it, running or waiting. */
    boolean holds(Sequence sequence) {
        return running.contains(sequence) || waiting.holds(sequence);
    }

    boolean isEmpty() {
        return running.isEmpty() && waiting.size() == 0;
    }

    int runningCount() {
        return running.size();
    }

    int waitingCount() {
        return waiting.size();
    }
}
