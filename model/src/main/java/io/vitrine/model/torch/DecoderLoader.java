package io.vitrine.model.torch;

import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Consumer;

import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.IValue;
import io.vitrine.model.weights.ModelConfig;
import io.vitrine.model.weights.ModelWeights;
import io.vitrine.model.weights.RotaryLayout;

/**
 * Hands a checkpoint's tensors to the decoder in the form it wants: joined, and with norms and attention scale folded in (see
 * {@code decoder.torchscript}). Reading and packing the linear layers is most of a start, so several threads share that.
 */
final class DecoderLoader {

    /**
     * Values of embedding or head that are float32 at a time: 128 MiB, of which packing needs about four times as much. A buffer could
     * not address more than 2 GiB, which 152 064 tokens of 3 584 numbers are past.
     */
    static final int SLICE_VALUES = 1 << 25;

    private final ModelConfig config;
    private final ModelWeights weights;
    private final DecoderProgram program;
    private final int sliceRows;

    /** The linear layers, to be read and packed, in the program's order. The head, which is last, is by far the largest. */
    private final List<Callable<IValue>> linears = new ArrayList<>();

    /** @param sliceValues most values of embedding or head that are float32 at a time, in each thread */
    DecoderLoader(ModelConfig config, ModelWeights weights, DecoderProgram program, int sliceValues) {
        this.sliceRows = Math.max(1, sliceValues / config.hiddenSize());
        this.config = config;
        this.weights = weights;
        this.program = program;
    }

    void load(TorchSettings settings) {
        int contextLength = settings.contextLength();
        program.configure(
                settings.device(),
                settings.precision(),
                config.layers(),
                config.heads(),
                config.kvHeads(),
                config.headDim(),
                config.hiddenSize(),
                config.rmsNormEpsilon());
        int pairs = config.headDim() / 2;
        withTensor(new long[] {contextLength, pairs, 2}, floats -> putAngles(floats, contextLength), program::setRope);
        forSlices((first, rows) -> withTensor(
                new long[] {rows, config.hiddenSize()},
                floats -> weights.readRows("model.embed_tokens.weight", first, rows, floats),
                slice -> program.setEmbedding(config.vocabularySize(), first, slice)));
        for (int layer = 0; layer < config.layers(); layer++) {
            LibTorch.requireNotInterrupted();
            loadLayer("model.layers." + layer + ".");
        }
        loadHead();
        LibTorch.onThreadsOfTheirOwn(settings.threads(), linears, program::addLinear);
    }

    /** Cosine and sine of position times frequency, for each position and pair. */
    private void putAngles(FloatBuffer angles, int positions) {
        double[] frequencies = config.rotaryFrequencies();
        for (int position = 0; position < positions; position++) {
            for (double frequency : frequencies) {
                angles.put((float) Math.cos(position * frequency)).put((float) Math.sin(position * frequency));
            }
        }
    }

    private void loadLayer(String prefix) {
        int queryRows = config.heads() * config.headDim();
        int keyRows = config.kvHeads() * config.headDim();
        addReader(queryRows + 2 * keyRows, joined -> {
            weights.readFloats(prefix + "self_attn.q_proj.weight", joined);
            weights.readFloats(prefix + "self_attn.k_proj.weight", joined);
            weights.readFloats(prefix + "self_attn.v_proj.weight", joined);
            pairAndScale(joined, config.hiddenSize());
            foldNorm(joined, prefix + "input_layernorm.weight");
        });
        if (config.architecture().qkvBias()) {
            withTensor(new long[] {queryRows + 2 * keyRows}, joined -> readBias(joined, prefix), program::addQkvBias);
        }
        if (config.architecture().qkNorm()) {
            withTensor(
                    new long[] {config.heads() + config.kvHeads(), config.headDim()},
                    joined -> readHeadNorms(joined, prefix),
                    program::addQkNorm);
        }
        addWriter(queryRows, prefix + "self_attn.o_proj.weight");
        addReader(2 * config.intermediateSize(), joined -> {
            weights.readFloats(prefix + "mlp.gate_proj.weight", joined);
            weights.readFloats(prefix + "mlp.up_proj.weight", joined);
            foldNorm(joined, prefix + "post_attention_layernorm.weight");
        });
        addWriter(config.intermediateSize(), prefix + "mlp.down_proj.weight");
    }

    private void readBias(FloatBuffer joined, String prefix) {
        weights.readFloats(prefix + "self_attn.q_proj.bias", joined);
        weights.readFloats(prefix + "self_attn.k_proj.bias", joined);
        weights.readFloats(prefix + "self_attn.v_proj.bias", joined);
        pairAndScale(joined, 1);
    }

    /**
     * Multiplies by the root of the width, as {@link #foldNorm} does. Q's norm also takes the attention's scale, which is the inverse
     * of that root: it stays as it is.
     */
    private void readHeadNorms(FloatBuffer joined, String prefix) {
        for (int head = 0; head < config.heads(); head++) {
            weights.readFloats(prefix + "self_attn.q_norm.weight", joined);
        }
        int queries = joined.position();
        for (int head = 0; head < config.kvHeads(); head++) {
            weights.readFloats(prefix + "self_attn.k_norm.weight", joined);
        }
        scale(joined, queries, joined.position(), (float) Math.sqrt(config.headDim()));
        pairHalves(joined, 1);
    }

    /** Readies the rows of Q, K and V, each {@code width} numbers, for the rotary embedding and the attention. */
    private void pairAndScale(FloatBuffer joined, int width) {
        pairHalves(joined, width);
        if (!config.architecture().qkNorm()) { // which would undo the scale, and has it in its weight instead
            int queries = config.heads() * config.headDim() * width;
            scale(joined, 0, queries, (float) (1 / Math.sqrt(config.headDim())));
        }
    }

    private void loadHead() {
        String name = config.tiedEmbeddings() ? "model.embed_tokens.weight" : "lm_head.weight";
        forSlices((first, rows) -> addReader(rows, floats -> {
            weights.readRows(name, first, rows, floats);
            foldNorm(floats, "model.norm.weight");
        }));
    }

    /** What is done with each slice of the vocabulary's rows: the first of them and how many. */
    private interface OfSlice {
        void use(int firstRow, int rows);
    }

    private void forSlices(OfSlice slice) {
        for (int first = 0; first < config.vocabularySize(); first += sliceRows) {
            slice.use(first, Math.min(sliceRows, config.vocabularySize() - first));
        }
    }

    /** A layer that reads the residual stream. */
    private void addReader(int outputs, Consumer<FloatBuffer> fill) {
        addLinear(outputs, config.hiddenSize(), fill, false);
    }

    /** A layer that adds to the residual stream. */
    private void addWriter(int inputs, String name) {
        addLinear(config.hiddenSize(), inputs, floats -> weights.readFloats(name, floats), true);
    }

    private void addLinear(int outputs, int inputs, Consumer<FloatBuffer> fill, boolean toStream) {
        linears.add(() -> {
            try (PtNDArray weight = filledTensor(new long[] {outputs, inputs}, fill)) {
                return program.packLinear(weight, toStream);
            }
        });
    }

    private void withTensor(long[] shape, Consumer<FloatBuffer> fill, Consumer<PtNDArray> use) {
        try (PtNDArray tensor = filledTensor(shape, fill)) {
            use.accept(tensor);
        }
    }

    /** The program closes it, if nobody else does. */
    private PtNDArray filledTensor(long[] shape, Consumer<FloatBuffer> fill) {
        PtNDArray tensor = program.newTensor(shape);
        fill.accept(DecoderProgram.floats(tensor));
        return tensor;
    }

    /** Brings rows {@code i} and {@code i + headDim / 2} of each head of Q and K side by side, if they are not yet. */
    private void pairHalves(FloatBuffer matrix, int width) {
        if (weights.rotaryLayout() == RotaryLayout.INTERLEAVED) {
            return;
        }
        int rows = config.headDim();
        float[] head = new float[rows * width];
        float[] paired = new float[rows * width];
        for (int index = 0; index < config.heads() + config.kvHeads(); index++) {
            matrix.get(index * head.length, head);
            for (int row = 0; row < rows; row++) {
                int target = row < rows / 2 ? 2 * row : 2 * (row - rows / 2) + 1;
                System.arraycopy(head, row * width, paired, target * width, width);
            }
            matrix.put(index * paired.length, paired);
        }
    }

    private static void scale(FloatBuffer values, int from, int to, float factor) {
        for (int index = from; index < to; index++) {
            values.put(index, values.get(index) * factor);
        }
    }

    /** Multiplies every column by the norm's weight and by the root of the width: RMSNorm then only has to divide. */
    private void foldNorm(FloatBuffer matrix, String norm) {
        float[] factors = new float[config.hiddenSize()];
        weights.readFloats(norm, FloatBuffer.wrap(factors));
        float root = (float) Math.sqrt(config.hiddenSize());
        float[] row = new float[factors.length];
        for (int start = 0; start < matrix.limit(); start += row.length) {
            matrix.get(start, row);
            for (int column = 0; column < row.length; column++) {
                row[column] *= factors[column] * root;
            }
            matrix.put(start, row);
        }
    }
}
