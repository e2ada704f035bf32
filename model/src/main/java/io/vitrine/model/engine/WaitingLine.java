package io.vitrine.model.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import io.vitrine.model.engine.Decision.Reason;
import org.jspecify.annotations.Nullable;

/**
 * Who waits, first in line first: {@linkplain Sequence#precedes by class, then by arrival}. Engine thread only.
 *
 * <p>Whoever has waited for {@link #AGEING_NANOS} is raised by one class, for good. In the end a request is of the highest
 * class and those before it in that class are the ones that came before it, of which there are finitely many: nobody starves,
 * neither in the line nor by being preempted again and again.
 */
final class WaitingLine {

    /** Longer than a busy server takes to free a slot; short beside the time a client waits for an answer. */
    static final long AGEING_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final List<Sequence> sequences = new ArrayList<>();

    /** Puts a sequence where it belongs, new or preempted. */
    void add(Sequence sequence, long nowNanos) {
        sequence.waitSince(nowNanos);
        insert(sequence);
    }

    private void insert(Sequence sequence) {
        int index = sequences.size();
        while (index > 0 && sequence.precedes(sequences.get(index - 1))) {
            index--;
        }
        sequences.add(index, sequence);
    }

    /** Raises who has waited for long. */
    void age(long nowNanos, Decisions decisions) {
        for (int i = 0; i < sequences.size(); i++) {
            Sequence sequence = sequences.get(i);
            if (sequence.rank() != PriorityClass.HIGH && sequence.waitedNanos(nowNanos) >= AGEING_NANOS) {
                sequences.remove(i);
                sequence.raise();
                add(sequence, nowNanos);
                decisions.add(Reason.RAISED_BY_WAITING, sequence, sequence.length());
            }
        }
    }

    /** First in line; null if nobody waits. */
    @Nullable
    Sequence head() {
        return sequences.isEmpty() ? null : sequences.get(0);
    }

    /** Whether the sequence was in the line. */
    boolean remove(Sequence sequence) {
        return sequences.remove(sequence);
    }

    boolean holds(Sequence sequence) {
        return sequences.contains(sequence);
    }

    void copyTo(List<Sequence> target) {
        target.addAll(sequences);
    }

    int size() {
        return sequences.size();
    }
}
