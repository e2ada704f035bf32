package io.vitrine.model;

import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

import io.vitrine.model.text.ChatTemplate;
import io.vitrine.model.text.Tokenizer;
import io.vitrine.model.weights.ModelConfig;
import io.vitrine.model.weights.ModelWeights;

/**
 * One model as it lies on disk, opened: a {@code .gguf} file or a Hugging Face folder.
 *
 * @param path the file or folder
 * @param endOfTextIds tokens that end an answer
 * @param chatTemplate empty if the model brings none: then only plain completions can be served
 */
public record ModelPackage(
        Path path,
        ModelConfig config,
        ModelWeights weights,
        Tokenizer tokenizer,
        Set<Integer> endOfTextIds,
        Optional<ChatTemplate> chatTemplate)
        implements AutoCloseable {

    public ModelPackage {
        endOfTextIds = Set.copyOf(endOfTextIds);
    }

    @Override
    public void close() {
        tokenizer.close();
        weights.close();
    }
}
