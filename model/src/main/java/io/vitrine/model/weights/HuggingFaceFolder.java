package io.vitrine.model.weights;

import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A model as the Hugging Face hub lays it out: {@code config.json}, {@code generation_config.json} (optional), and the weights
 * in {@code model.safetensors} or in the files that {@code model.safetensors.index.json} names.
 */
public final class HuggingFaceFolder implements Checkpoint {

    private static final String CONFIG = "config.json";
    private static final String GENERATION_CONFIG = "generation_config.json";
    private static final String WEIGHTS = "model.safetensors";
    private static final String INDEX = "model.safetensors.index.json";
    private static final long MAX_CONFIG_BYTES = 1 << 20;

    private final ModelConfig config;
    private final GenerationConfig generationConfig;
    private final Map<String, SafetensorsFile> fileOf;
    private List<String> unusedTensors = List.of();

    private HuggingFaceFolder(
            ModelConfig config, GenerationConfig generationConfig, Map<String, SafetensorsFile> fileOf) {
        this.config = config;
        this.generationConfig = generationConfig;
        this.fileOf = Map.copyOf(fileOf);
    }

    /**
     * Reads the configuration, maps the weights and checks them against it.
     *
     * @throws IOException if a file is not there or cannot be read
     * @throws ModelFormatException if one is damaged or incomplete, or the model is of a kind the decoder cannot run
     */
    public static HuggingFaceFolder open(Path folder) throws IOException {
        Path configFile = folder.resolve(CONFIG);
        JsonFields json = JsonFields.read(configFile, MAX_CONFIG_BYTES);
        ModelConfig config = ModelFormatException.inFile(configFile, () -> HuggingFaceConfig.modelConfig(json));
        GenerationConfig generationConfig = readGenerationConfig(folder, json);
        Map<String, SafetensorsFile> fileOf = openWeights(folder);
        HuggingFaceFolder opened = new HuggingFaceFolder(config, generationConfig, fileOf);
        try {
            opened.unusedTensors = ExpectedTensors.checkNeeded(config, opened.names(), opened::shape);
            return opened;
        } catch (ModelFormatException e) {
            opened.close();
            throw ModelFormatException.in(folder, e);
        }
    }

    private static GenerationConfig readGenerationConfig(Path folder, JsonFields model) throws IOException {
        Path file = folder.resolve(GENERATION_CONFIG);
        JsonFields generation = Files.exists(file) ? JsonFields.read(file, MAX_CONFIG_BYTES) : JsonFields.EMPTY;
        return ModelFormatException.inFile(file, () -> HuggingFaceGenerationConfig.generationConfig(generation, model));
    }

    /** Which open file holds each tensor. As in transformers, a single file goes before an index. */
    private static Map<String, SafetensorsFile> openWeights(Path folder) throws IOException {
        if (Files.exists(folder.resolve(WEIGHTS))) {
            SafetensorsFile file = SafetensorsFile.open(folder.resolve(WEIGHTS));
            return file.names().stream().collect(Collectors.toMap(name -> name, name -> file));
        }
        if (Files.exists(folder.resolve(INDEX))) {
            return openShards(folder, ShardIndex.read(folder.resolve(INDEX)));
        }
        throw new NoSuchFileException(
                folder.toString(), null, "has neither " + WEIGHTS + " nor " + INDEX + "; other formats are not read");
    }

    private static Map<String, SafetensorsFile> openShards(Path folder, ShardIndex index) throws IOException {
        Map<String, SafetensorsFile> opened = new LinkedHashMap<>();
        try {
            for (String name : index.fileNames()) {
                opened.put(name, SafetensorsFile.open(folder.resolve(name)));
            }
            return index.locate(opened);
        } catch (IOException | ModelFormatException e) {
            opened.values().forEach(SafetensorsFile::close);
            throw e;
        }
    }

    @Override
    public ModelConfig config() {
        return config;
    }

    @Override
    public List<String> unusedTensors() {
        return unusedTensors;
    }

    @Override
    public GenerationConfig generationConfig() {
        return generationConfig;
    }

    @Override
    public Set<String> names() {
        return fileOf.keySet();
    }

    @Override
    public List<Long> shape(String name) {
        return file(name).shape(name);
    }

    @Override
    public String storedType(String name) {
        return file(name).storedType(name);
    }

    @Override
    public long storedBytes(String name) {
        return file(name).storedBytes(name);
    }

    @Override
    public RotaryLayout rotaryLayout() {
        return RotaryLayout.HALVES;
    }

    @Override
    public void readFloats(String name, FloatBuffer destination) {
        file(name).readFloats(name, destination);
    }

    @Override
    public void readRows(String name, int firstRow, int rows, FloatBuffer destination) {
        file(name).readRows(name, firstRow, rows, destination);
    }

    @Override
    public void close() {
        fileOf.values().forEach(SafetensorsFile::close); // a file that holds many tensors is closed as often: harmless
    }

    private SafetensorsFile file(String name) {
        SafetensorsFile file = fileOf.get(name);
        if (file == null) {
            throw new IllegalArgumentException("there is no tensor named " + name);
        }
        return file;
    }
}
