package io.vitrine.model.engine;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

import io.vitrine.model.kv.KvPages;
import org.jspecify.annotations.Nullable;

/**
 * Decides which sequences run and what each step computes of them. Logic only: no thread, no clock, no model.
 *
 * <ul>
 *   <li>First come, first served. The head of the line waits for a slot and for all the pages it may need at worst, so that
 *       a running sequence never runs out; nobody overtakes it, so that a large request is not starved by small ones.
 *   <li>Every step has one token of each sequence that decodes, and at most {@code prefillChunk} prompt tokens in all, those
 *       admitted first coming first: a long prompt delays running streams by a bounded time a step.
 * </ul>
 */
final class Scheduler {

    private final int slots;
    private final int prefillChunk;
    private final KvPages pages;
    private final ArrayDeque<Sequence> waiting = new ArrayDeque<>();
    /** In order of admission. */
    private final List<Sequence> running = new ArrayList<>();

    private final BitSet takenSlots = new BitSet();
    private final Batch batch = new Batch();

    Scheduler(int slots, int prefillChunk, KvPages pages) {
        this.slots = slots;
        this.prefillChunk = prefillChunk;
        this.pages = pages;
    }

    /** Whether the sequence could run if it were alone. Any thread: reads only what never changes. */
    boolean fits(Sequence sequence) {
        return sequence.answerLimit() >= 1 && pages.pagesFor(sequence.positionsAtWorst()) <= pages.pageCount();
    }

    /** Puts a sequence that {@linkplain #fits fits} at the end of the line. */
    void enqueue(Sequence sequence) {
        waiting.add(sequence);
    }

    /** Gives the head of the line a slot and its pages; null if there is no head, no slot, or too few pages. */
    @Nullable
    Sequence admitNext() {
        Sequence head = waiting.peek();
        if (head == null || running.size() == slots) {
            return null;
        }
        int pageCount = pages.pagesFor(head.positionsAtWorst());
        if (pageCount > pages.freeCount()) {
            return null;
        }
        int slot = takenSlots.nextClearBit(0);
        takenSlots.set(slot);
        head.admit(slot, pages.allocate(pageCount));
        running.add(head);
        waiting.remove();
        return head;
    }

    /**
     * Takes a sequence out, waiting or running, and frees what it held.
     *
     * @throws IllegalStateException if it is not in, or its pages are free already: the books are wrong
     */
    void remove(Sequence sequence) {
        if (sequence.running()) {
            requireIn(running.remove(sequence));
            takenSlots.clear(sequence.slot());
            for (int page : sequence.leave()) {
                pages.release(page);
            }
        } else {
            requireIn(waiting.remove(sequence));
        }
    }

    private static void requireIn(boolean removed) {
        if (!removed) {
            throw new IllegalStateException("the sequence is not in the scheduler");
        }
    }

    /**
     * What the next step computes; valid until the next call. Changes nothing: once the step is done, the caller advances
     * the sequences.
     */
    Batch plan() {
        batch.clear();
        for (int i = 0; i < running.size(); i++) {
            Sequence sequence = running.get(i);
            if (sequence.promptLeft() == 0) {
                batch.addDecode(sequence);
            }
        }
        addPrompts();
        return batch;
    }

    private void addPrompts() {
        int budget = prefillChunk;
        for (int i = 0; i < running.size() && budget > 0; i++) {
            Sequence sequence = running.get(i);
            int count = Math.min(sequence.promptLeft(), budget);
            if (count > 0) {
                batch.addPrompt(sequence, count);
                budget -= count;
            }
        }
    }

    /** Adds every sequence, running then waiting, each in its order. */
    void copyTo(List<Sequence> target) {
        target.addAll(running);
        target.addAll(waiting);
    }

    boolean isEmpty() {
        return running.isEmpty() && waiting.isEmpty();
    }

    int runningCount() {
        return running.size();
    }

    int waitingCount() {
        return waiting.size();
    }
}
