package io.vitrine.model.engine;

import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

import io.vitrine.model.sampling.DrawableTokens;
import io.vitrine.model.sampling.LogProbabilities;
import io.vitrine.model.sampling.SamplerScratch;

/**
 * Draws the tokens of several sequences side by side: on the engine thread and on threads of its own, which are idle
 * otherwise. Each row goes with its own sequence's sampler, so no token depends on which thread draws it. Engine thread
 * only.
 */
final class SamplingThreads implements AutoCloseable {

    /** More gain little, and each has a {@link SamplerScratch}. */
    private static final int MOST = 4;

    /** Vocabulary entries a thread must have to draw from: for fewer, waking it takes longer than it saves. */
    private static final int ENTRIES_OF_A_THREAD = 100_000;

    private final int vocabularySize;
    private final NanoClock clock;
    private final SamplerScratch scratch;
    private final List<Helper> helpers = new ArrayList<>();

    /**
     * Starts the threads.
     *
     * @param threads that may draw at a time, the engine's own among them
     * @param clock read beside the constraints of sequences
     */
    SamplingThreads(DrawableTokens tokens, int threads, NanoClock clock) {
        this.clock = clock;
        vocabularySize = tokens.rowCount();
        scratch = new SamplerScratch(tokens);
        for (int index = 1; index < Math.min(threads, MOST); index++) {
            helpers.add(new Helper(tokens, index));
        }
    }

    /** Whether so many draws are worth more than one thread. */
    boolean shares(int drawCount) {
        return helperCount(drawCount) > 0;
    }

    private int helperCount(int drawCount) {
        long threads = Math.min(drawCount, (long) drawCount * vocabularySize / ENTRIES_OF_A_THREAD);
        return (int) Math.max(0, Math.min(helpers.size(), threads - 1));
    }

    /** On the engine thread alone. */
    void run(Draw draw, FloatBuffer logits) {
        draw.run(logits, scratch, clock);
    }

    /** How likely the model found the token {@code index} of a prompt, by a row of logits. */
    PromptToken score(Sequence sequence, int index, FloatBuffer logits, int rowStart, int row) {
        scratch.load(logits, rowStart + row * vocabularySize);
        int tokenId = sequence.token(index);
        LogProbabilities scores = scratch.logProbabilities(sequence.request().promptLogprobs());
        return new PromptToken(tokenId, index, scores.of(tokenId), scores.rank(tokenId), Draw.top(scores));
    }

    /** Returns once all are drawn. */
    void run(List<Draw> draws, FloatBuffer logits) {
        var work = new Work(draws, logits, clock);
        helpers.subList(0, helperCount(draws.size())).forEach(helper -> helper.begin(work));
        work.run(scratch);
        work.awaitEnd();
    }

    @Override
    public void close() {
        helpers.forEach(Helper::close);
    }

    /** Rows that threads take one after the other. A thread that comes when all are taken is not waited for. */
    private static final class Work {

        private final List<Draw> draws;
        private final FloatBuffer logits;
        private final NanoClock clock;
        private final AtomicInteger next = new AtomicInteger();
        private final CountDownLatch left;

        Work(List<Draw> draws, FloatBuffer logits, NanoClock clock) {
            this.clock = clock;
            this.draws = List.copyOf(draws);
            this.logits = logits;
            this.left = new CountDownLatch(draws.size());
        }

        void run(SamplerScratch scratch) {
            for (int index = next.getAndIncrement(); index < draws.size(); index = next.getAndIncrement()) {
                draws.get(index).run(logits, scratch, clock);
                left.countDown();
            }
        }

        /** Through interrupts: the sampler of a sequence must not be in use when its next row comes. */
        void awaitEnd() {
            boolean interrupted = false;
            while (left.getCount() > 0) {
                try {
                    left.await();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** A thread with its working memory. */
    private static final class Helper implements AutoCloseable {

        private final SamplerScratch scratch;
        private final ExecutorService thread;

        Helper(DrawableTokens tokens, int index) {
            scratch = new SamplerScratch(tokens);
            thread = Executors.newSingleThreadExecutor(work -> {
                Thread started = new Thread(work, "vitrine-sampler-" + index);
                started.setDaemon(true);
                return started;
            });
        }

        void begin(Work work) {
            thread.execute(() -> work.run(scratch));
        }

        @Override
        public void close() {
            thread.shutdown();
        }
    }
}
