package io.vitrine.model;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneId;
import java.util.Optional;
import java.util.Set;

import io.vitrine.model.text.ChatTemplate;
import io.vitrine.model.text.ChatTemplates;
import io.vitrine.model.text.EndOfText;
import io.vitrine.model.text.JinjaChatTemplate;
import io.vitrine.model.text.Tokenizer;
import io.vitrine.model.text.Tokenizers;
import io.vitrine.model.weights.Checkpoint;
import io.vitrine.model.weights.GgufFile;
import io.vitrine.model.weights.ModelFormatException;

/**
 * One model as it lies on disk, opened: a {@code .gguf} file or a Hugging Face folder. The parts are closed one by one, since
 * the checkpoint is done with once its weights are loaded and the tokenizer is not.
 *
 * @param chatTemplate empty if the model brings none: then only plain completions can be served
 * @param endOfTextIds tokens that end an answer
 */
public record ModelPackage(
        Checkpoint checkpoint, Tokenizer tokenizer, Optional<ChatTemplate> chatTemplate, Set<Integer> endOfTextIds) {

    public ModelPackage {
        endOfTextIds = Set.copyOf(endOfTextIds);
    }

    /**
     * Opens everything the model consists of.
     *
     * @throws IOException if it is not there or cannot be read
     * @throws ModelFormatException if a part is damaged, or of a kind this program does not know
     */
    public static ModelPackage open(Path path) throws IOException {
        Checkpoint checkpoint = Checkpoint.open(path);
        try {
            return open(path, checkpoint);
        } catch (RuntimeException | Error e) {
            checkpoint.close();
            throw e;
        }
    }

    private static ModelPackage open(Path path, Checkpoint checkpoint) {
        Clock clock = Clock.system(ZoneId.systemDefault()); // some templates write today's date
        if (checkpoint instanceof GgufFile gguf) {
            return of(gguf, Tokenizers.fromGguf(gguf.metadata()), ChatTemplates.fromGguf(gguf.metadata(), clock));
        }
        return of(checkpoint, Tokenizers.fromFolder(path), ChatTemplates.fromFolder(path, clock));
    }

    private static ModelPackage of(
            Checkpoint checkpoint, Tokenizer tokenizer, Optional<JinjaChatTemplate> chatTemplate) {
        String templateSource = chatTemplate.map(JinjaChatTemplate::source).orElse("");
        Set<Integer> endOfTextIds =
                EndOfText.ids(checkpoint.generationConfig().endOfTextIds(), tokenizer, templateSource);
        return new ModelPackage(checkpoint, tokenizer, chatTemplate.map(ChatTemplate.class::cast), endOfTextIds);
    }
}
