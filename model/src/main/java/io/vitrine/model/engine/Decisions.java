package io.vitrine.model.engine;

import java.util.ArrayList;
import java.util.List;

import io.vitrine.model.engine.Decision.Reason;

/** What was decided for one step, in order, with the sequences it was decided about. Engine thread only. */
final class Decisions {

    private final List<Decision> decisions = new ArrayList<>();
    private final List<Sequence> sequences = new ArrayList<>();

    void clear() {
        decisions.clear();
        sequences.clear();
    }

    void add(Reason reason, Sequence sequence, int tokens) {
        decisions.add(new Decision(reason, sequence.request().requestId(), tokens));
        sequences.add(sequence);
    }

    int size() {
        return decisions.size();
    }

    Decision decision(int index) {
        return decisions.get(index);
    }

    Sequence sequence(int index) {
        return sequences.get(index);
    }

    /** No object if nothing was decided. */
    List<Decision> copy() {
        return List.copyOf(decisions);
    }
}
