package io.vitrine.model.weights;

import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A model in one GGUF file (version 2 or 3, little-endian), the format of llama.cpp: configuration, tokenizer and weights.
 *
 * <p>Opening reads the header and checks all of it: afterwards reading a tensor cannot leave the file. The tensor
 * {@code rope_freqs.weight} is not listed among the weights; it has become the configuration's {@link RopeScaling}.
 */
public final class GgufFile implements Checkpoint {

    private static final String ROTARY_DIVISORS = "rope_freqs.weight";
    private static final int MAX_ROTARY_DIVISORS = 4096;
    private static final String EMBEDDING = "model.embed_tokens.weight";

    private final TensorFile tensors;
    private final Set<String> names;
    private final GgufMetadata metadata;
    private final ModelConfig config;
    private final GenerationConfig generationConfig;

    private GgufFile(
            TensorFile tensors,
            Set<String> names,
            GgufMetadata metadata,
            ModelConfig config,
            GenerationConfig generationConfig) {
        this.tensors = tensors;
        this.names = names;
        this.metadata = metadata;
        this.config = config;
        this.generationConfig = generationConfig;
    }

    /**
     * Maps the file and checks it.
     *
     * @throws IOException if it is not there or cannot be read
     * @throws ModelFormatException if it is damaged, incomplete, or of a kind the decoder cannot run
     */
    public static GgufFile open(Path path) throws IOException {
        MappedFile file = MappedFile.open(path);
        try {
            requireGguf(file);
            return read(file);
        } catch (ModelFormatException | IllegalArgumentException e) {
            file.close();
            throw ModelFormatException.in(path, e);
        }
    }

    /** The header says so too; here a file of another kind gets its name. */
    private static void requireGguf(MappedFile file) {
        byte[] start = new byte[(int) Math.min(ForeignFile.BYTES, file.size())];
        file.read(0, start, start.length);
        if (start.length < 4 || start[0] != 'G' || start[1] != 'G' || start[2] != 'U' || start[3] != 'F') {
            ForeignFile.refuse(start);
        }
    }

    private static GgufFile read(MappedFile file) {
        GgufHeader header = GgufHeader.read(file);
        TensorFile tensors = new TensorFile(file, renamed(header.tensors()));
        GgufConfig reader = new GgufConfig(header.metadata());
        ModelConfig config = reader.modelConfig(
                vocabularySize(tensors), !tensors.names().contains("lm_head.weight"), rotaryDivisors(tensors));
        Set<String> names = namesOfWeights(tensors);
        ExpectedTensors.check(config, names, name -> tensors.tensor(name).shape());
        return new GgufFile(tensors, names, header.metadata(), config, reader.generationConfig());
    }

    private static List<StoredTensor> renamed(List<StoredTensor> tensors) {
        return tensors.stream()
                .map(tensor -> new StoredTensor(
                        GgufTensorNames.toHuggingFace(tensor.name()),
                        tensor.type(),
                        tensor.shape(),
                        tensor.offset(),
                        tensor.bytes()))
                .toList();
    }

    private static int vocabularySize(TensorFile tensors) {
        if (!tensors.names().contains(EMBEDDING)) {
            throw new ModelFormatException("tensor token_embd.weight is missing");
        }
        long rows = tensors.tensor(EMBEDDING).shape().get(0);
        if (rows > Integer.MAX_VALUE) {
            throw new ModelFormatException("token_embd.weight has " + rows + " rows, more than " + Integer.MAX_VALUE);
        }
        return (int) rows;
    }

    private static Optional<List<Float>> rotaryDivisors(TensorFile tensors) {
        if (!tensors.names().contains(ROTARY_DIVISORS)) {
            return Optional.empty();
        }
        long count = tensors.tensor(ROTARY_DIVISORS).values();
        if (count > MAX_ROTARY_DIVISORS) { // before memory is taken for them
            throw new ModelFormatException(
                    ROTARY_DIVISORS + " has " + count + " values, more than " + MAX_ROTARY_DIVISORS);
        }
        FloatBuffer divisors = FloatBuffer.allocate((int) count);
        tensors.readFloats(ROTARY_DIVISORS, divisors);
        List<Float> list = new ArrayList<>();
        for (float divisor : divisors.array()) {
            list.add(divisor);
        }
        return Optional.of(list);
    }

    private static Set<String> namesOfWeights(TensorFile tensors) {
        Set<String> names = new LinkedHashSet<>(tensors.names());
        names.remove(ROTARY_DIVISORS);
        return Collections.unmodifiableSet(names);
    }

    /** Everything else the file says, the tokenizer included. */
    public GgufMetadata metadata() {
        return metadata;
    }

    @Override
    public ModelConfig config() {
        return config;
    }

    @Override
    public GenerationConfig generationConfig() {
        return generationConfig;
    }

    @Override
    public Set<String> names() {
        return names;
    }

    @Override
    public List<Long> shape(String name) {
        return tensors.tensor(name).shape();
    }

    @Override
    public String storedType(String name) {
        return tensors.tensor(name).type().name();
    }

    @Override
    public long storedBytes(String name) {
        return tensors.tensor(name).bytes();
    }

    @Override
    public RotaryLayout rotaryLayout() {
        // The converter permutes Q and K of Llama models, and of no other.
        return config.architecture() == Architecture.LLAMA ? RotaryLayout.INTERLEAVED : RotaryLayout.HALVES;
    }

    @Override
    public void readFloats(String name, FloatBuffer destination) {
        tensors.readFloats(name, destination);
    }

    @Override
    public void readRows(String name, int firstRow, int rows, FloatBuffer destination) {
        tensors.readRows(name, firstRow, rows, destination);
    }

    @Override
    public void close() {
        tensors.close();
    }
}
