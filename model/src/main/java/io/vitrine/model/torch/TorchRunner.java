package io.vitrine.model.torch;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import io.vitrine.model.engine.ModelRunner;
import io.vitrine.model.engine.ModelRunnerException;
import io.vitrine.model.engine.StepPlan;
import io.vitrine.model.engine.StepPlan.Layers;
import io.vitrine.model.engine.StepPlan.Logits;
import io.vitrine.model.engine.StepPlan.Span;
import io.vitrine.model.engine.StepResult;
import io.vitrine.model.engine.StepResult.StepTimings;
import io.vitrine.model.weights.ModelConfig;
import io.vitrine.model.weights.ModelWeights;
import org.jspecify.annotations.Nullable;

/**
 * Runs steps on libtorch. See {@link StepAssembler} for how a plan becomes the arguments of the model program.
 */
public final class TorchRunner implements ModelRunner {

    private final ModelConfig config;
    private final TorchSettings settings;
    private final DecoderProgram program;

    /** What the program's index tensors were made for: the pages of every row, and how many it has. */
    private long[] batchPages = {};

    private long[] batchCounts = {};

    /** The chunks of which the program keeps what the first layers made, by place. */
    private final Map<Integer, Span> begun = new HashMap<>();

    private final GatheredPages gathered;

    /** What the last step gave: its logits are read where they lie. */
    private DecoderProgram.@Nullable Output output;

    private TorchRunner(ModelConfig config, TorchSettings settings, DecoderProgram program) {
        this.config = config;
        this.settings = settings;
        this.program = program;
        this.gathered = new GatheredPages(gatheredPositions(settings));
    }

    /** Whole pages, and no more than a context has. */
    private static int gatheredPositions(TorchSettings settings) {
        int contextPages = (settings.contextLength() + TorchSettings.PAGE_POSITIONS - 1) / TorchSettings.PAGE_POSITIONS;
        int pages = Math.min(contextPages, settings.gatheredPositions() / TorchSettings.PAGE_POSITIONS);
        return pages * TorchSettings.PAGE_POSITIONS;
    }

    /**
     * Loads the weights and runs the model once, so that the first request finds it warm. The weights are not needed afterwards.
     *
     * @throws IllegalArgumentException if the context is longer than the model's
     * @throws DeviceUnavailableException if the device is a GPU that cannot be used
     * @throws java.util.concurrent.CancellationException if the thread is interrupted; after the tensor that is being packed
     */
    public static TorchRunner load(ModelConfig config, ModelWeights weights, TorchSettings settings) {
        return load(config, weights, settings, operatorsFor(settings));
    }

    private static Operators operatorsFor(TorchSettings settings) {
        return Operators.on(settings.device(), settings.precision(), CpuFeatures.ofThisMachine());
    }

    /** In slices of another size: those of a model small enough for a test. */
    static TorchRunner loadInSlices(ModelConfig config, ModelWeights weights, TorchSettings settings, int sliceValues) {
        Operators operators = operatorsFor(settings);
        return LibTorch.onThreadOfItsOwn(() -> loadHere(config, weights, settings, operators, sliceValues));
    }

    /** The processor has the operators of GPUs too: so they can be tested where there is none. */
    static TorchRunner load(ModelConfig config, ModelWeights weights, TorchSettings settings, Operators operators) {
        if (settings.contextLength() > config.contextLength()) {
            throw new IllegalArgumentException(
                    "contextLength must be <= the model's " + config.contextLength() + ": " + settings.contextLength());
        }
        return LibTorch.onThreadOfItsOwn(
                () -> loadHere(config, weights, settings, operators, DecoderLoader.SLICE_VALUES));
    }

    /**
     * Makes sure that a model can run there: sooner than {@link #load} finds out, which needs the model at hand.
     *
     * @throws DeviceUnavailableException if not; the message says what would help
     */
    public static void require(TorchDevice device) {
        LibTorch.onThreadOfItsOwn(() -> {
            LibTorch.require(device);
            return device;
        });
    }

    private static TorchRunner loadHere(
            ModelConfig config, ModelWeights weights, TorchSettings settings, Operators operators, int sliceValues) {
        LibTorch.start(settings.device(), settings.threads());
        DecoderProgram program = new DecoderProgram(operators);
        try {
            new DecoderLoader(config, weights, program, sliceValues).load(settings);
            program.setPages(settings.kvPages(), gatheredPositions(settings));
            TorchRunner runner = new TorchRunner(config, settings, program);
            LibTorch.requireNotInterrupted();
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
            run(new StepPlan(List.of(Span.prefill(new int[2], 0, page, Logits.LAST))), call == 0);
            run(new StepPlan(List.of(Span.decode(new int[1], 2, page))), call == 0);
        }
    }

    @Override
    public int vocabularySize() {
        return config.vocabularySize();
    }

    @Override
    public int threads() {
        return settings.threads();
    }

    @Override
    public int layerCount() {
        return config.layers();
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
            batchCounts = new long[0]; // the program's index tensors may be half made
            begun.clear();
            gathered.forgetAll();
            throw new ModelRunnerException(
                    "the model failed in a step of " + plan.spans().size() + " spans", e);
        }
    }

    private StepResult runStep(StepPlan plan, boolean timed) {
        refuseUnknownTokens(plan);
        plan.spans().forEach(this::refuseUnbegun);
        var assembler = new StepAssembler(plan, settings.threads(), config.layers());
        nameBatch(assembler.decodingSpans());
        closeOutput();
        gathered.choose(assembler.chunks());
        DecoderProgram.Output given = program.step(assembler.step(gathered, timed));
        output = given;
        plan.spans().forEach(this::noteBegun);
        gathered.ran(plan, assembler.chunks());
        return new StepResult(given.logits(), timed ? Optional.of(timings(given.nanos())) : Optional.empty());
    }

    private void closeOutput() {
        if (output != null) {
            output.close();
            output = null;
        }
    }

    /** A GPU finds one only within a kernel, and no later call of the process gets through to it. */
    private void refuseUnknownTokens(StepPlan plan) {
        for (Span span : plan.spans()) {
            for (int token : span.tokens()) {
                if (token < 0 || token >= config.vocabularySize()) {
                    throw new IllegalArgumentException(
                            "a token must be between 0 and " + (config.vocabularySize() - 1) + ": " + token);
                }
            }
        }
    }

    private void refuseUnbegun(Span span) {
        Layers layers = span.layers();
        Span before = begun.get(layers.place());
        if (layers.first() > 0
                && (before == null
                        || before.layers().end() != layers.first()
                        || before.position() != span.position()
                        || before.tokens().length != span.tokens().length)) {
            throw new IllegalArgumentException(
                    "no step has computed the layers of the chunk before layer " + layers.first());
        }
    }

    private void noteBegun(Span span) {
        Layers layers = span.layers();
        if (!layers.last()) {
            begun.put(layers.place(), span);
        } else if (layers.first() > 0) {
            begun.remove(layers.place());
        }
    }

    /** Rebuilds the program's index tensors if the rows' pages are not the ones of the last step. */
    private void nameBatch(List<Span> spans) {
        if (spans.isEmpty()) {
            return;
        }
        List<long[]> rows = StepAssembler.pagesByRow(spans);
        long[] counts = rows.stream().mapToLong(row -> row.length).toArray();
        int width = (int) Arrays.stream(counts).max().getAsLong();
        long[] pages = new long[rows.size() * width];
        for (int row = 0; row < counts.length; row++) {
            System.arraycopy(rows.get(row), 0, pages, row * width, rows.get(row).length);
        }
        if (!Arrays.equals(counts, batchCounts) || !Arrays.equals(pages, batchPages)) {
            program.setBatch(pages, counts);
            batchPages = pages;
            batchCounts = counts;
        }
    }

    @Override
    public void copyPage(int source, int target, int positions) {
        try {
            gathered.forgetPage(target);
            program.copyPage(source, target, positions);
        } catch (RuntimeException e) {
            throw new ModelRunnerException("the model failed to copy page " + source + " to " + target, e);
        }
    }

    private static StepTimings timings(long[] nanos) {
        return new StepTimings(nanos[0], nanos[1], nanos[2], nanos[3], nanos[4]);
    }

    @Override
    public void close() {
        closeOutput();
        program.close();
    }
}
