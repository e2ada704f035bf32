package io.vitrine.model.nullengine;

import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

import io.vitrine.model.engine.ModelRunner;
import io.vitrine.model.engine.NanoClock;
import io.vitrine.model.engine.StepPlan;
import io.vitrine.model.engine.StepPlan.Span;
import io.vitrine.model.engine.StepResult;

/**
 * Wants the same text from every sequence, a byte a step, over and over; a sequence's position says which byte is next.
 * It never ends a text by itself. A step that decodes ends when the pace is over, however many sequences it has; a step of
 * prompts alone ends at once.
 */
final class NullRunner implements ModelRunner {

    static final String TEXT = "The null engine answers with the same words, whatever it is asked. ";

    /** High enough that no temperature, top_p or penalty makes another token likely. */
    private static final float WANTED = 1e6f;

    private static final int PAGE_POSITIONS = 64;
    /** A page costs nothing here; capacity is still counted in bytes, so it has a nominal size: one byte a position. */
    private static final long PAGE_BYTES = PAGE_POSITIONS;

    private final byte[] text = TEXT.getBytes(StandardCharsets.US_ASCII);
    private final long paceNanos;
    private final int contextLength;
    private final int pageCount;
    private final NanoClock clock;
    private FloatBuffer logits = FloatBuffer.allocate(0);
    /** The rows of {@link #logits} that are not zero: at most one entry each. */
    private int[] wanted = new int[0];

    NullRunner(long paceNanos, int contextLength, int slots, NanoClock clock) {
        this.paceNanos = paceNanos;
        this.contextLength = contextLength;
        this.clock = clock;
        int pagesPerSequence = (contextLength + PAGE_POSITIONS - 1) / PAGE_POSITIONS;
        pageCount = Math.toIntExact(Math.min((long) slots * pagesPerSequence, Integer.MAX_VALUE / PAGE_POSITIONS));
    }

    @Override
    public int vocabularySize() {
        return ByteTokenizer.SIZE;
    }

    @Override
    public int layerCount() {
        return 1;
    }

    @Override
    public int contextLength() {
        return contextLength;
    }

    @Override
    public int pagePositions() {
        return PAGE_POSITIONS;
    }

    @Override
    public int pageCount() {
        return pageCount;
    }

    @Override
    public long pageBytes() {
        return PAGE_BYTES;
    }

    @Override
    public StepResult run(StepPlan plan, boolean timed) {
        long startNanos = clock.nanoTime();
        int rows = 0;
        boolean decodes = false;
        for (Span span : plan.spans()) {
            rows += span.logitRows();
            decodes |= span.phase() == StepPlan.Phase.DECODE;
        }
        clear(rows);
        int row = 0;
        for (Span span : plan.spans()) {
            int end = span.position() + span.tokens().length;
            for (int position = end - span.logitRows(); position < end; position++) {
                want(row++, text[position % text.length]);
            }
        }
        if (decodes) {
            sleepUntil(startNanos + paceNanos);
        }
        return new StepResult(
                logits.rewind().limit(rows * ByteTokenizer.SIZE), timed ? timings(startNanos) : Optional.empty());
    }

    private void clear(int rows) {
        for (int index = 0; index < wanted.length; index++) {
            logits.put(wanted[index], 0);
        }
        logits.clear();
        if (logits.capacity() < rows * ByteTokenizer.SIZE) {
            logits = FloatBuffer.allocate(rows * ByteTokenizer.SIZE);
        }
        if (wanted.length != rows) {
            wanted = new int[rows];
        }
    }

    private void want(int row, int token) {
        wanted[row] = row * ByteTokenizer.SIZE + token;
        logits.put(wanted[row], WANTED);
    }

    private void sleepUntil(long deadlineNanos) {
        for (long left = deadlineNanos - clock.nanoTime(); left > 0; left = deadlineNanos - clock.nanoTime()) {
            LockSupport.parkNanos(left);
            if (Thread.currentThread().isInterrupted()) {
                return; // somebody wants the engine to end
            }
        }
    }

    /** There are no parts: all of the step is what is done once. */
    private Optional<StepResult.StepTimings> timings(long startNanos) {
        return Optional.of(new StepResult.StepTimings(0, 0, 0, 0, clock.nanoTime() - startNanos));
    }

    @Override
    public void copyPage(int source, int target, int positions) {}

    @Override
    public void close() {}
}
