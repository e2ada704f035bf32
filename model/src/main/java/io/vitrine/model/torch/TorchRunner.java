package io.vitrine.model.torch;

import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

import io.vitrine.model.engine.ModelRunner;
import io.vitrine.model.engine.ModelRunnerException;
import io.vitrine.model.engine.StepPlan;
import io.vitrine.model.engine.StepPlan.Logits;
import io.vitrine.model.engine.StepPlan.Span;
import io.vitrine.model.engine.StepResult;
import io.vitrine.model.engine.StepResult.StepTimings;
import io.vitrine.model.weights.ModelConfig;
import io.vitrine.model.weights.ModelWeights;

/**
 * Runs steps on libtorch. Spans of one token that want logits are decoded together; every other span is a prefill of its own.
 */
public final class TorchRunner implements ModelRunner {

    private final ModelConfig config;
    private final TorchSettings settings;
    private final DecoderProgram program;

    /** Pages and rows the program's index tensors were made for. */
    private long[] batchPages = {};

    private int batchRows;

    /** Grows to the largest step seen and is then reused. */
    private FloatBuffer logits = FloatBuffer.allocate(0);

    private TorchRunner(ModelConfig config, TorchSettings settings, DecoderProgram program) {
        this.config = config;
        this.settings = settings;
        this.program = program;
    }

    /**
     * Loads the weights and runs the model once, so that the first request finds it warm. The weights are not needed afterwards.
     *
     * @throws IllegalArgumentException if the context is longer than the model's
     */
    public static TorchRunner load(ModelConfig config, ModelWeights weights, TorchSettings settings) {
        if (settings.contextLength() > config.contextLength()) {
            throw new IllegalArgumentException(
                    "contextLength must be <= the model's " + config.contextLength() + ": " + settings.contextLength());
        }
        LibTorch.start(settings.threads());
        DecoderProgram program = new DecoderProgram();
        try {
            new DecoderLoader(config, weights, program).load(settings.precision(), settings.contextLength());
            program.setPages(settings.kvPages());
            TorchRunner runner = new TorchRunner(config, settings, program);
            runner.warmUp();
            return runner;
        } catch (RuntimeException | Error e) {
            program.close();
            throw e;
        }
    }

    /** Bytes of one KV page, all layers, keys and values. */
    public static long pageBytes(ModelConfig config, Precision precision) {
        return 2L
                * config.layers()
                * config.kvHeads()
                * config.headDim()
                * TorchSettings.PAGE_POSITIONS
                * precision.kvBytes();
    }

    /** TorchScript compiles a method on its first calls. Page 0 is written, which no sequence owns yet. */
    private void warmUp() {
        int[] page = {0};
        for (int call = 0; call < 2; call++) {
            run(new StepPlan(List.of(new Span(new int[2], 0, page, Logits.LAST))), call == 0);
            run(new StepPlan(List.of(new Span(new int[1], 2, page, Logits.LAST))), call == 0);
        }
    }

    @Override
    public int vocabularySize() {
        return config.vocabularySize();
    }

    @Override
    public int contextLength() {
        return settings.contextLength();
    }

    @Override
    public int pagePositions() {
        return TorchSettings.PAGE_POSITIONS;
    }

    @Override
    public int pageCount() {
        return settings.kvPages();
    }

    @Override
    public long pageBytes() {
        return pageBytes(config, settings.precision());
    }

    @Override
    public StepResult run(StepPlan plan, boolean timed) {
        try {
            return runStep(plan, timed);
        } catch (RuntimeException e) {
            batchRows = 0; // the program's index tensors may be half made
            throw new ModelRunnerException(
                    "the model failed in a step of " + plan.spans().size() + " spans", e);
        }
    }

    private StepResult runStep(StepPlan plan, boolean timed) {
        int[] firstRow = firstRows(plan);
        reserve(firstRow[plan.spans().size()]);
        long[] nanos = new long[4];
        decodeTogether(plan, firstRow, timed, nanos);
        for (int index = 0; index < plan.spans().size(); index++) {
            Span span = plan.spans().get(index);
            if (!decodes(span)) {
                prefill(span, firstRow[index], timed, nanos);
            }
        }
        StepTimings timings = new StepTimings(nanos[0], nanos[1], nanos[2], nanos[3]);
        return new StepResult(logits.asReadOnlyBuffer(), timed ? Optional.of(timings) : Optional.empty());
    }

    private static boolean decodes(Span span) {
        return span.tokens().length == 1 && span.logits() != Logits.NONE;
    }

    /** The row of logits each span's first row goes to; one more entry holds the number of rows. */
    private static int[] firstRows(StepPlan plan) {
        int[] first = new int[plan.spans().size() + 1];
        for (int index = 0; index < plan.spans().size(); index++) {
            first[index + 1] = first[index] + rows(plan.spans().get(index));
        }
        return first;
    }

    private static int rows(Span span) {
        return switch (span.logits()) {
            case NONE -> 0;
            case LAST -> 1;
            case ALL -> span.tokens().length;
        };
    }

    private void reserve(int rows) {
        int floats = rows * config.vocabularySize();
        if (logits.capacity() < floats) {
            logits = FloatBuffer.allocate(floats);
        }
        logits.clear().limit(floats);
    }

    private void decodeTogether(StepPlan plan, int[] firstRow, boolean timed, long[] nanos) {
        List<Integer> decoding = new ArrayList<>();
        for (int index = 0; index < plan.spans().size(); index++) {
            if (decodes(plan.spans().get(index))) {
                decoding.add(index);
            }
        }
        if (decoding.isEmpty()) {
            return;
        }
        List<Span> spans = decoding.stream().map(plan.spans()::get).toList();
        nameBatch(spans);
        long[] tokens = spans.stream().mapToLong(span -> span.tokens()[0]).toArray();
        long[] positions = spans.stream().mapToLong(Span::position).toArray();
        try (DecoderProgram.Output output = program.decode(tokens, positions, timed)) {
            FloatBuffer rows = output.read();
            for (int row = 0; row < decoding.size(); row++) {
                copyRows(rows, row, firstRow[decoding.get(row)], 1);
            }
            add(nanos, output.nanos());
        }
    }

    /** Rebuilds the program's index tensors if the rows' pages are not the ones of the last step. */
    private void nameBatch(List<Span> spans) {
        int width = spans.stream().mapToInt(TorchRunner::pagesReached).max().orElse(0);
        long[] pages = new long[spans.size() * width];
        for (int row = 0; row < spans.size(); row++) {
            int[] own = spans.get(row).pages();
            for (int column = 0; column < width; column++) {
                pages[row * width + column] = own[Math.min(column, own.length - 1)];
            }
        }
        if (batchRows != spans.size() || !Arrays.equals(pages, batchPages)) {
            program.setBatch(pages, spans.size());
            batchPages = pages;
            batchRows = spans.size();
        }
    }

    private static int pagesReached(Span span) {
        return (span.position() + span.tokens().length - 1) / TorchSettings.PAGE_POSITIONS + 1;
    }

    private void prefill(Span span, int firstRow, boolean timed, long[] nanos) {
        long[] tokens = Arrays.stream(span.tokens()).asLongStream().toArray();
        long[] pages = Arrays.stream(span.pages())
                .limit(pagesReached(span))
                .asLongStream()
                .toArray();
        try (DecoderProgram.Output output = program.prefill(tokens, pages, span.position(), rows(span), timed)) {
            if (rows(span) > 0) {
                copyRows(output.read(), 0, firstRow, rows(span));
            }
            add(nanos, output.nanos());
        }
    }

    private void copyRows(FloatBuffer source, int fromRow, int toRow, int count) {
        int width = config.vocabularySize();
        logits.put(toRow * width, source, fromRow * width, count * width);
    }

    private static void add(long[] sums, long[] values) {
        for (int index = 0; index < sums.length; index++) {
            sums[index] += values[index];
        }
    }

    @Override
    public void close() {
        program.close();
    }
}
