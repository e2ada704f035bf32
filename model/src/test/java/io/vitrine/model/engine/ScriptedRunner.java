package io.vitrine.model.engine;

import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.ToIntFunction;

import io.vitrine.model.engine.StepPlan.Layers;
import io.vitrine.model.engine.StepPlan.Phase;
import io.vitrine.model.engine.StepPlan.Span;

/**
 * A model without a model: its logits come from a script, a function of the tokens of a sequence so far.
 *
 * <p>It has no other memory of a sequence than its KV pages, like a real one: what it hands to the script it reads back from
 * the pages it is given. Each position keeps its token and a hash of all tokens up to it, so a page of somebody else, a page
 * out of order, or a position left out or overwritten breaks the chain: the step then throws an {@link AssertionError},
 * which stops the engine, and {@link #requireNoViolation} says so.
 */
public final class ScriptedRunner implements ModelRunner {

    /** The logit of a token that the script wants; the others have 0. */
    public static final float WANTED = 10;

    private static final long LIMIT_SECONDS = 20;
    /** Hash of no tokens; not 0, which an empty page has. */
    private static final long START = 17;

    /** Gives the logits after a sequence. */
    @FunctionalInterface
    public interface Script {
        /**
         * Fills {@code row}, all 0 when it comes.
         *
         * @param tokens the sequence so far, prompt and answer
         */
        void logits(int[] tokens, float[] row);

        /**
         * As above; a script may also look at how each position was computed, as the last bits of a real model's logits do.
         *
         * @param decoded whether each position was computed by a decoding span
         */
        default void logits(int[] tokens, boolean[] decoded, float[] row) {
            logits(tokens, row);
        }
    }

    /** One call of {@link #run}, copied. */
    public record Step(List<Span> spans, boolean timed) {}

    /** A step held back until the test lets it go. */
    public static final class Gate {
        private final CountDownLatch reached = new CountDownLatch(1);
        private final CountDownLatch released = new CountDownLatch(1);

        private Gate() {}

        /** Waits until the engine is in the step. */
        public void awaitReached() {
            await(reached, "the step was not reached");
        }

        /** Lets the step go on. */
        public void release() {
            released.countDown();
        }

        private void pass() {
            reached.countDown();
            await(released, "the step was not released");
        }

        private static void await(CountDownLatch latch, String otherwise) {
            try {
                if (!latch.await(LIMIT_SECONDS, TimeUnit.SECONDS)) {
                    throw new AssertionError(otherwise + " within " + LIMIT_SECONDS + " s");
                }
            } catch (InterruptedException e) {
                throw new AssertionError("interrupted", e);
            }
        }
    }

    private final int vocabularySize;
    private final int contextLength;
    private final int pagePositions;
    private final Script script;
    /** By page, by position in it. */
    private final int[][] pageTokens;

    private final long[][] pageHashes;
    private final boolean[][] pageDecoded;
    private final Map<Integer, Gate> gates = new ConcurrentHashMap<>();
    private final Map<Integer, Throwable> failures = new ConcurrentHashMap<>();
    private final List<Step> steps = new ArrayList<>();
    private final List<String> violations = new ArrayList<>();
    private int layerCount = 1;
    private int threads = 1;
    /** The chunks of which steps have computed some layers, by place. */
    private final Map<Integer, Span> begun = new HashMap<>();

    /**
     * All pages empty.
     *
     * @param vocabularySize more than any token the script wants
     */
    public ScriptedRunner(int vocabularySize, int contextLength, int pagePositions, int pageCount, Script script) {
        this.vocabularySize = vocabularySize;
        this.contextLength = contextLength;
        this.pagePositions = pagePositions;
        this.script = script;
        this.pageTokens = new int[pageCount][pagePositions];
        this.pageHashes = new long[pageCount][pagePositions];
        this.pageDecoded = new boolean[pageCount][pagePositions];
    }

    /** A script that wants one token, a function of the tokens so far. */
    public static Script next(ToIntFunction<int[]> nextToken) {
        return (tokens, row) -> row[nextToken.applyAsInt(tokens)] = WANTED;
    }

    /** Counts on: after a sequence that ends with {@code t} comes {@code t + 1}. */
    public static Script counting() {
        return next(tokens -> tokens[tokens.length - 1] + 1);
    }

    /** Holds step {@code index}, counted from 0, until the gate is released. */
    public Gate holdAt(int index) {
        return gates.computeIfAbsent(index, i -> new Gate());
    }

    /** Step {@code index}, counted from 0, fails as a model does. */
    public ScriptedRunner failAt(int index) {
        return throwAt(index, new ModelRunnerException("step " + index + " fails by script", null));
    }

    /** Step {@code index}, counted from 0, throws {@code failure}, unchecked. */
    public ScriptedRunner throwAt(int index, Throwable failure) {
        failures.put(index, failure);
        return this;
    }

    /** Says that a chunk can be cut into so many layers. */
    public ScriptedRunner inLayers(int count) {
        layerCount = count;
        return this;
    }

    /** Says that a step may use so many threads. */
    public ScriptedRunner onThreads(int count) {
        threads = count;
        return this;
    }

    @Override
    public int threads() {
        return threads;
    }

    @Override
    public int layerCount() {
        return layerCount;
    }

    @Override
    public int vocabularySize() {
        return vocabularySize;
    }

    @Override
    public int contextLength() {
        return contextLength;
    }

    @Override
    public int pagePositions() {
        return pagePositions;
    }

    @Override
    public int pageCount() {
        return pageTokens.length;
    }

    @Override
    public long pageBytes() {
        return 1024;
    }

    @Override
    public StepResult run(StepPlan plan, boolean timed) {
        int index = record(plan, timed);
        Gate gate = gates.get(index);
        if (gate != null) {
            gate.pass();
        }
        Throwable failure = failures.get(index);
        if (failure instanceof Error error) {
            throw error;
        } else if (failure != null) {
            throw (RuntimeException) failure;
        }
        return new StepResult(logits(plan), timings(timed));
    }

    private synchronized int record(StepPlan plan, boolean timed) {
        List<Span> copies = plan.spans().stream()
                .map(span -> new Span(
                        span.tokens().clone(),
                        span.position(),
                        span.pages().clone(),
                        span.logits(),
                        span.phase(),
                        span.layers()))
                .toList();
        steps.add(new Step(copies, timed));
        return steps.size() - 1;
    }

    private static Optional<StepResult.StepTimings> timings(boolean timed) {
        return timed ? Optional.of(new StepResult.StepTimings(1_000, 2_000, 3_000, 4_000, 5_000)) : Optional.empty();
    }

    private FloatBuffer logits(StepPlan plan) {
        requireApart(plan);
        List<float[]> rows = new ArrayList<>();
        for (Span span : plan.spans()) {
            if (!span.layers().equals(Layers.ALL)) {
                goOn(span, plan);
            }
            if (span.layers().last()) {
                write(span);
            }
            for (int count = span.tokens().length + 1 - span.logitRows(); count <= span.tokens().length; count++) {
                rows.add(row(span, span.position() + count));
            }
        }
        FloatBuffer logits = FloatBuffer.allocate(rows.size() * vocabularySize);
        rows.forEach(logits::put);
        return logits.flip();
    }

    /** What the first layers made of a chunk is known until another one is begun in its place. */
    private void goOn(Span span, StepPlan plan) {
        Span before = begun.remove(span.layers().place());
        if (!span.layers().last()) {
            begun.put(span.layers().place(), span);
        }
        require(span.layers().count() == layerCount, "the model has " + layerCount + " layers: " + span.layers());
        require(
                plan.spans().stream()
                                .filter(other -> other.phase() == Phase.PREFILL)
                                .count()
                        == 1,
                "a step has some layers of a chunk, and another chunk");
        if (span.layers().first() > 0) {
            require(
                    before != null
                            && before.layers().end() == span.layers().first()
                            && before.position() == span.position()
                            && Arrays.equals(before.tokens(), span.tokens())
                            && Arrays.equals(before.pages(), span.pages()),
                    "no step has computed what layer " + span.layers().first() + " begins with");
        }
    }

    private float[] row(Span span, int count) {
        boolean[] decoded = new boolean[count];
        for (int position = 0; position < count; position++) {
            decoded[position] = pageDecoded[page(span, position)][position % pagePositions];
        }
        float[] row = new float[vocabularySize];
        script.logits(read(span, count), decoded, row);
        return row;
    }

    /** A page that one span writes is used by no other; pages only read may be shared. */
    private void requireApart(StepPlan plan) {
        Set<Integer> written = new HashSet<>();
        for (Span span : plan.spans()) {
            requireRoom(span);
            for (int page : writtenPages(span)) {
                require(written.add(page), "page " + page + " is written by two spans of a step");
            }
        }
        for (Span span : plan.spans()) {
            for (int page : Arrays.copyOf(span.pages(), span.position() / pagePositions)) {
                require(!written.contains(page), "page " + page + " is read and written in a step");
            }
        }
    }

    private void requireRoom(Span span) {
        int end = span.position() + span.tokens().length;
        require(span.tokens().length > 0, "a span has no token");
        require(end <= contextLength, "position " + end + " is beyond the context of " + contextLength);
        require(end <= span.pages().length * pagePositions, end + " positions in " + span.pages().length + " pages");
    }

    private int[] writtenPages(Span span) {
        int last = span.position() + span.tokens().length - 1;
        return Arrays.copyOfRange(span.pages(), span.position() / pagePositions, last / pagePositions + 1);
    }

    private void write(Span span) {
        long hash = hash(read(span, span.position()));
        for (int i = 0; i < span.tokens().length; i++) {
            int token = span.tokens()[i];
            require(token >= 0 && token < vocabularySize, "token " + token + " is not in the vocabulary");
            hash = hash(hash, token);
            int position = span.position() + i;
            pageTokens[page(span, position)][position % pagePositions] = token;
            pageHashes[page(span, position)][position % pagePositions] = hash;
            pageDecoded[page(span, position)][position % pagePositions] = span.phase() == Phase.DECODE;
        }
    }

    /** The first {@code count} tokens of a span's sequence, as its pages have them. */
    private int[] read(Span span, int count) {
        int[] tokens = new int[count];
        long hash = START;
        for (int position = 0; position < count; position++) {
            tokens[position] = pageTokens[page(span, position)][position % pagePositions];
            hash = hash(hash, tokens[position]);
            require(
                    pageHashes[page(span, position)][position % pagePositions] == hash,
                    "page " + page(span, position) + " does not hold position " + position + " of the sequence");
        }
        return tokens;
    }

    private int page(Span span, int position) {
        return span.pages()[position / pagePositions];
    }

    private static long hash(int[] tokens) {
        long hash = START;
        for (int token : tokens) {
            hash = hash(hash, token);
        }
        return hash;
    }

    private static long hash(long before, int token) {
        return (before ^ token) * 0x9E3779B97F4A7C15L + 1;
    }

    private void require(boolean holds, String violation) {
        if (!holds) {
            synchronized (this) {
                violations.add(violation);
            }
            throw new AssertionError(violation);
        }
    }

    /** The calls so far, in order. */
    public synchronized List<Step> steps() {
        return List.copyOf(steps);
    }

    /**
     * Checks that every span's pages held what they must.
     *
     * @throws AssertionError if not
     */
    public synchronized void requireNoViolation() {
        if (!violations.isEmpty()) {
            throw new AssertionError(String.join("; ", violations));
        }
    }

    @Override
    public synchronized void copyPage(int source, int target, int positions) {
        System.arraycopy(pageTokens[source], 0, pageTokens[target], 0, positions);
        System.arraycopy(pageHashes[source], 0, pageHashes[target], 0, positions);
        System.arraycopy(pageDecoded[source], 0, pageDecoded[target], 0, positions);
        Arrays.fill(pageHashes[target], positions, pagePositions, 0);
    }

    @Override
    public void close() {}
}
