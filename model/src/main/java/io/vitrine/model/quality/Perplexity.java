package io.vitrine.model.quality;

import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.stream.IntStream;

import io.vitrine.model.engine.ModelRunner;
import io.vitrine.model.engine.StepPlan;
import io.vitrine.model.engine.StepPlan.Logits;
import io.vitrine.model.engine.StepPlan.Phase;
import io.vitrine.model.engine.StepPlan.Span;

/**
 * Perplexity of a text under a model: {@code exp} of the mean negative log-likelihood of each token after those before
 * it. The runner's pages are used from 0 on. Engine thread's work: no engine may run on the same runner.
 */
public final class Perplexity {

    /** Rows of logits at a time: 128 rows of 152 064 entries are 78 MB, and a stop waits for a chunk at most. */
    private static final int CHUNK = 128;

    private final float[] row;
    private double nats;
    private int count;

    private Perplexity(ModelRunner runner) {
        this.row = new float[runner.vocabularySize()];
    }

    /**
     * Of one sequence, computed as a prompt or a token a step.
     *
     * @param tokens at least 2, at most the runner's context
     * @throws CancellationException if the thread was interrupted, which stays so; a step that runs is waited for
     */
    public static double of(ModelRunner runner, int[] tokens, Phase phase) {
        if (tokens.length < 2 || tokens.length > runner.contextLength()) {
            throw new IllegalArgumentException(
                    "tokens must be 2 .. " + runner.contextLength() + ", the context: " + tokens.length);
        }
        var perplexity = new Perplexity(runner);
        int chunk = phase == Phase.PREFILL ? CHUNK : 1;
        int pageCount = (tokens.length + runner.pagePositions() - 1) / runner.pagePositions();
        int[] pages = IntStream.range(0, pageCount).toArray();
        for (int first = 0; first < tokens.length - 1; first += chunk) {
            if (Thread.currentThread().isInterrupted()) {
                throw new CancellationException("the measurement was interrupted");
            }
            int end = Math.min(first + chunk, tokens.length - 1);
            int[] part = Arrays.copyOfRange(tokens, first, end);
            int[] held = Arrays.copyOf(pages, (end + runner.pagePositions() - 1) / runner.pagePositions());
            Span span = phase == Phase.PREFILL
                    ? Span.prefill(part, first, held, Logits.ALL)
                    : Span.decode(part, first, held);
            perplexity.score(runner.run(new StepPlan(List.of(span)), false).logits(), tokens, first + 1, end + 1);
        }
        return Math.exp(perplexity.nats / perplexity.count);
    }

    private void score(FloatBuffer logits, int[] tokens, int from, int to) {
        int start = logits.position();
        for (int position = from; position < to; position++) {
            logits.get(start + (position - from) * row.length, row);
            nats += logSumExp() - row[tokens[position]];
            count++;
        }
    }

    private double logSumExp() {
        float largest = row[0];
        for (float value : row) {
            largest = Math.max(largest, value);
        }
        double exponentials = 0;
        for (float value : row) {
            exponentials += Math.exp(value - largest);
        }
        return largest + Math.log(exponentials);
    }
}
