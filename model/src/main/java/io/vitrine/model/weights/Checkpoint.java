package io.vitrine.model.weights;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A model's weights together with what its files say about them: a {@code .gguf} file or a Hugging Face folder. */
public interface Checkpoint extends ModelWeights {

    ModelConfig config();

    GenerationConfig generationConfig();

    /** Tensors that are no part of the model and are not read, in order of their names. */
    default List<String> unusedTensors() {
        return List.of();
    }

    /**
     * Opens a folder as {@link HuggingFaceFolder}, anything else as {@link GgufFile}.
     *
     * @throws IOException if it is not there or cannot be read
     * @throws ModelFormatException if it is damaged, incomplete, or of a kind the decoder cannot run
     */
    static Checkpoint open(Path path) throws IOException {
        return Files.isDirectory(path) ? HuggingFaceFolder.open(path) : GgufFile.open(path);
    }
}
