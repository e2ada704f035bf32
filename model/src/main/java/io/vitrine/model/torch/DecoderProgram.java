package io.vitrine.model.torch;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;

import ai.djl.Device;
import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.IValueUtils;
import ai.djl.pytorch.jni.JniUtils;
import io.vitrine.model.engine.StepPlan.Layers;

/**
 * The methods of {@code decoder.torchscript}, one for one. Owns its weights and KV pages. One thread at a time, but for
 * {@link #newTensor} and {@link #packLinear}.
 */
final class DecoderProgram implements AutoCloseable {

    private final Operators operators;
    private final Model model;
    private final PtSymbolBlock block;
    private final PtNDManager manager;

    DecoderProgram(Operators operators) {
        this.operators = operators;
        // The program itself puts on its device what it keeps; what goes in and out is the processor's.
        this.model = Model.newInstance("decoder", Device.cpu(), LibTorch.ENGINE);
        try (InputStream source = DecoderProgram.class.getResourceAsStream("decoder.torchscript")) {
            String text = new String(source.readAllBytes(), StandardCharsets.UTF_8);
            model.load(new ByteArrayInputStream(TorchScriptArchive.pack(text, "Decoder")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (MalformedModelException e) {
            throw new IllegalStateException("libtorch refuses the decoder", e);
        }
        this.block = (PtSymbolBlock) model.getBlock();
        this.manager = (PtNDManager) model.getNDManager();
    }

    /** What a step gives. Close after reading. */
    static final class Output implements AutoCloseable {

        private final PtNDArray tensor;
        private final FloatBuffer logits;
        private final long[] nanos;

        private Output(PtNDArray tensor, long[] nanos) {
            this.tensor = tensor;
            this.logits = tensor.size() == 0
                    ? FloatBuffer.allocate(0)
                    : floats(tensor).asReadOnlyBuffer();
            this.nanos = nanos;
        }

        /** The tensor's own memory, for reading; dead once this is closed. */
        FloatBuffer logits() {
            return logits;
        }

        /** Of projections, attention, feed-forward, head and all else, if the step was timed. */
        long[] nanos() {
            return nanos;
        }

        @Override
        public void close() {
            tensor.close();
        }
    }

    /** A float32 tensor to fill through {@link #floats}; the caller closes it. */
    PtNDArray newTensor(long... shape) {
        return manager.create(new Shape(shape), DataType.FLOAT32);
    }

    /** The tensor's own memory. */
    static FloatBuffer floats(PtNDArray tensor) {
        ByteBuffer memory = tensor.toByteBuffer(true);
        if (!memory.isDirect()) {
            throw new IllegalStateException("libtorch gave a copy where its memory was asked for");
        }
        return memory.asFloatBuffer();
    }

    void configure(
            TorchDevice device,
            Precision precision,
            int layers,
            int heads,
            int kvHeads,
            int headDim,
            int hidden,
            double epsilon) {
        call(
                "configure",
                IValue.from(device.toString()),
                IValue.from(operators == Operators.GPU),
                IValue.from(operators == Operators.CPU_TILES),
                IValue.from(operators == Operators.CPU_AVX2),
                IValue.from(precision.word()),
                IValue.from((long) layers),
                IValue.from((long) heads),
                IValue.from((long) kvHeads),
                IValue.from((long) headDim),
                IValue.from((long) TorchSettings.PAGE_POSITIONS),
                IValue.from((long) hidden),
                IValue.from(epsilon));
    }

    /** Sets some rows of the embedding; the first ones first. */
    void setEmbedding(int vocabularySize, int firstRow, PtNDArray rows) {
        call("set_embedding", IValue.from((long) vocabularySize), IValue.from((long) firstRow), IValue.from(rows));
    }

    void setRope(PtNDArray angles) {
        call("set_rope", IValue.from(angles));
    }

    /** @param gatheredPositions a multiple of a page's, 0 for none */
    void setPages(int count, int gatheredPositions) {
        call("set_pages", IValue.from((long) count), IValue.from((long) gatheredPositions));
    }

    void copyPage(int source, int target, int positions) {
        call("copy_page", IValue.from((long) source), IValue.from((long) target), IValue.from((long) positions));
    }

    /**
     * A linear layer's weights as {@link #addLinear} takes them; the caller closes what it does not hand on.
     *
     * @param toStream whether the layer adds to the residual stream; it reads it otherwise
     */
    IValue packLinear(PtNDArray weight, boolean toStream) {
        return invoke("pack_linear", IValue.from(weight), IValue.from(toStream));
    }

    /** Takes over what {@link #packLinear} gave. */
    void addLinear(IValue packed) {
        call("add_linear", packed);
    }

    void addQkvBias(PtNDArray bias) {
        call("add_qkv_bias", IValue.from(bias));
    }

    void addQkNorm(PtNDArray weight) {
        call("add_qk_norm", IValue.from(weight));
    }

    /**
     * Names the pages of the sequences that decode.
     *
     * @param pages {@code [rows, most pages of a row]}, row major
     * @param counts how many of them each row has; the rest is not read
     */
    void setBatch(long[] pages, long[] counts) {
        int rows = counts.length;
        try (PtNDArray pageTensor = (PtNDArray) manager.create(pages, new Shape(rows, pages.length / rows));
                PtNDArray countTensor = (PtNDArray) manager.create(counts)) {
            call("set_batch", IValue.from(pageTensor), IValue.from(countTensor));
        }
    }

    /**
     * The arguments of one step, as the program's {@code step} explains them.
     *
     * @param chunkPages the pages of each chunk's sequence
     * @param held the chunk that {@link GatheredPages} chose
     * @param known of its positions, those that are gathered already
     * @param begunByDecoding pages whose first position the decoding rows write
     * @param begunByChunks pages whose first position the chunks write
     */
    record Step(
            long[] tokens,
            long[] positions,
            long[] pages,
            int decoding,
            List<long[]> chunkPages,
            long[] chunkFirst,
            long[] chunkSizes,
            int held,
            int known,
            Layers chunkLayers,
            long[] begunByDecoding,
            long[] begunByChunks,
            long[] logitRows,
            boolean timed) {}

    Output step(Step step) {
        try (PtNDManager scope = (PtNDManager) manager.newSubManager();
                IValue result = invoke("step", arguments(step, scope))) {
            IValue[] members = result.toIValueTuple();
            try (IValue logits = members[0];
                    IValue nanos = members[1]) {
                return new Output(logits.toTensor(manager), nanos.toLongArray());
            }
        }
    }

    private static IValue[] arguments(Step step, PtNDManager scope) {
        PtNDArray[] chunkPages = step.chunkPages.stream()
                .map(pages -> (PtNDArray) scope.create(pages))
                .toArray(PtNDArray[]::new);
        return new IValue[] {
            tensor(step.tokens, scope),
            tensor(step.positions, scope),
            tensor(step.pages, scope),
            IValue.from((long) step.decoding),
            IValue.listFrom(chunkPages),
            IValue.listFrom(step.chunkFirst),
            IValue.listFrom(step.chunkSizes),
            IValue.from((long) step.held),
            IValue.from((long) step.known),
            IValue.from((long) step.chunkLayers.first()),
            IValue.from((long) step.chunkLayers.end()),
            IValue.from((long) step.chunkLayers.place()),
            tensor(step.begunByDecoding, scope),
            tensor(step.begunByChunks, scope),
            tensor(step.logitRows, scope),
            IValue.from(step.timed)
        };
    }

    private static IValue tensor(long[] values, PtNDManager scope) {
        return IValue.from((PtNDArray) scope.create(values));
    }

    private void call(String method, IValue... arguments) {
        invoke(method, arguments).close();
    }

    /** Closes the arguments, which hold native memory of their own. */
    private IValue invoke(String method, IValue... arguments) {
        try {
            return operators == Operators.GPU
                    ? runAsWritten(method, arguments)
                    : IValueUtils.runMethod(block, method, arguments);
        } finally {
            for (IValue argument : arguments) {
                argument.close();
            }
        }
    }

    /**
     * One operator after the other. Otherwise libtorch may fuse operators into kernels that it compiles for the shapes it meets, on a GPU
     * only: in the middle of serving, and with sums of their own.
     */
    private IValue runAsWritten(String method, IValue... arguments) {
        JniUtils.setGraphExecutorOptimize(false); // for this thread
        try {
            return IValueUtils.runMethod(block, method, arguments);
        } finally {
            JniUtils.setGraphExecutorOptimize(true);
        }
    }

    @Override
    public void close() {
        model.close();
    }
}
