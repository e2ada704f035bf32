package io.vitrine.model.engine;

import java.util.ArrayList;
import java.util.List;

import io.vitrine.model.engine.StepPlan.Layers;
import io.vitrine.model.engine.StepPlan.Span;

/** The sequences of one step, each with its span. The scheduler fills it anew for every step; engine thread only. */
final class Batch {

    private final List<Sequence> sequences = new ArrayList<>();
    private final List<Span> spans = new ArrayList<>();
    private int prefillTokens;
    private double prefillWork;
    private int prefillPosition;
    private int decodingCount;
    private int decodeTokens;
    private int replayedTokens;
    private int replayRows;
    private int draftedTokens;
    private int acceptedTokens;
    private int logitRows;
    private boolean watchedClosely;

    void clear() {
        sequences.clear();
        spans.clear();
        prefillTokens = 0;
        prefillWork = 0;
        prefillPosition = 0;
        decodingCount = 0;
        decodeTokens = 0;
        replayedTokens = 0;
        replayRows = 0;
        draftedTokens = 0;
        acceptedTokens = 0;
        logitRows = 0;
        watchedClosely = false;
    }

    /** The next token of a sequence and {@code ahead} further ones, which it has guessed. */
    void addDecode(Sequence sequence, int ahead) {
        add(sequence, sequence.decodeSpan(ahead));
        decodingCount++;
        decodeTokens += 1 + ahead;
        draftedTokens += ahead;
    }

    /**
     * The next {@code count} tokens of an answer that is computed again: in the way of decoding, within the budget of
     * prompts.
     */
    void addReplay(Sequence sequence, int count) {
        prefillPosition = prefillWork == 0 ? sequence.computedCount() : prefillPosition;
        add(sequence, sequence.decodeSpan(count - 1));
        decodingCount++;
        decodeTokens += count;
        replayRows += count;
        replayedTokens += Math.min(sequence.knownAhead(), count);
        prefillWork += count;
    }

    /** So many of the guessed tokens came true. */
    void accept(int tokens) {
        acceptedTokens += tokens;
    }

    /** The next {@code count} tokens of a prompt, or so many layers of them. */
    void addPrompt(Sequence sequence, int count, Layers layers) {
        Span span = sequence.promptSpan(count, layers);
        add(sequence, span);
        prefillPosition = prefillWork == 0 ? span.position() : prefillPosition;
        prefillTokens += span.countedTokens();
        prefillWork += (double) count * (layers.end() - layers.first()) / layers.count();
    }

    private void add(Sequence sequence, Span span) {
        sequences.add(sequence);
        spans.add(span);
        logitRows += span.logitRows();
        watchedClosely |= sequence.watchedClosely();
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

    /** Prompt tokens computed, as {@link Span#countedTokens} counts them. */
    int prefillTokens() {
        return prefillTokens;
    }

    /** The same, not rounded, and with the tokens of answers that are computed again. */
    double prefillWork() {
        return prefillWork;
    }

    /** Tokens before the first chunk. */
    int prefillPosition() {
        return prefillPosition;
    }

    /** Sequences that decode. */
    int decodingCount() {
        return decodingCount;
    }

    /** Tokens computed for them: one each, and those computed ahead. */
    int decodeTokens() {
        return decodeTokens;
    }

    /** Of those, the ones that no answer that is computed again has. */
    int decodeRows() {
        return decodeTokens - replayRows;
    }

    /** Of {@link #decodeTokens}, how many have a known successor, being computed again after a preemption. */
    int replayedTokens() {
        return replayedTokens;
    }

    /** Of those, how many were guessed. */
    int draftedTokens() {
        return draftedTokens;
    }

    /** Of the guessed ones, how many came true. */
    int acceptedTokens() {
        return acceptedTokens;
    }

    /** Rows of logits that the model is asked for. */
    int logitRows() {
        return logitRows;
    }

    /** Whether a sequence asks to see every step from within. */
    boolean watchedClosely() {
        return watchedClosely;
    }

    StepPlan plan() {
        return new StepPlan(spans);
    }
}
