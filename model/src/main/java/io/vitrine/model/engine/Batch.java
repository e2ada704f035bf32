package io.vitrine.model.engine;

import java.util.ArrayList;
import java.util.List;

import io.vitrine.model.engine.StepPlan.Logits;
import io.vitrine.model.engine.StepPlan.Span;

/** The sequences of one step, each with its span. The scheduler fills it anew for every step; engine thread only. */
final class Batch {

    private final List<Sequence> sequences = new ArrayList<>();
    private final List<Span> spans = new ArrayList<>();
    private int prefillTokens;
    private int decodeTokens;
    private int replayedTokens;
    private int logitRows;

    void clear() {
        sequences.clear();
        spans.clear();
        prefillTokens = 0;
        decodeTokens = 0;
        replayedTokens = 0;
        logitRows = 0;
    }

    void addDecode(Sequence sequence) {
        add(sequence, sequence.decodeSpan());
        decodeTokens++;
        replayedTokens += sequence.replays() ? 1 : 0;
    }

    void addPrompt(Sequence sequence, int count) {
        add(sequence, sequence.promptSpan(count));
        prefillTokens += count;
    }

    private void add(Sequence sequence, Span span) {
        sequences.add(sequence);
        spans.add(span);
        logitRows += span.logits() == Logits.LAST ? 1 : 0;
    }

    int size() {
        return sequences.size();
    }

    Sequence sequence(int index) {
        return sequences.get(index);
    }

    Span span(int index) {
        return spans.get(index);
    }

    int prefillTokens() {
        return prefillTokens;
    }

    /** Sequences that decode, one token each. */
    int decodeTokens() {
        return decodeTokens;
    }

    /** Of those, how many compute a known token again after a preemption. */
    int replayedTokens() {
        return replayedTokens;
    }

    /** Rows of logits that the model is asked for. */
    int logitRows() {
        return logitRows;
    }

    StepPlan plan() {
        return new StepPlan(spans);
    }
}
