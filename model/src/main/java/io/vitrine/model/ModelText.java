package io.vitrine.model;

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
 * What a model brings besides its weights: how text becomes tokens, and tokens text.
 *
 * @param tokenizer closed with this
 * @param chatTemplate empty if the model brings none: then only plain completions can be served
 * @param endOfTextIds tokens that end an answer
 */
public record ModelText(Tokenizer tokenizer, Optional<ChatTemplate> chatTemplate, Set<Integer> endOfTextIds)
        implements AutoCloseable {

    public ModelText {
        endOfTextIds = Set.copyOf(endOfTextIds);
    }

    /**
     * Opens it. The checkpoint is not needed afterwards.
     *
     * @param path where the checkpoint was opened: a {@code .gguf} file or a Hugging Face folder
     * @throws ModelFormatException if a part is damaged, or of a kind this program does not know
     */
    public static ModelText open(Path path, Checkpoint checkpoint) {
        Clock clock = Clock.system(ZoneId.systemDefault()); // some templates write today's date
        if (checkpoint instanceof GgufFile gguf) {
            return of(gguf, Tokenizers.fromGguf(gguf.metadata()), ChatTemplates.fromGguf(gguf.metadata(), clock));
        }
        return of(checkpoint, Tokenizers.fromFolder(path), ChatTemplates.fromFolder(path, clock));
    }

    private static ModelText of(Checkpoint checkpoint, Tokenizer tokenizer, Optional<JinjaChatTemplate> chatTemplate) {
        requireRows(tokenizer, checkpoint.config().vocabularySize());
        String templateSource = chatTemplate.map(JinjaChatTemplate::source).orElse("");
        Set<Integer> endOfTextIds =
                EndOfText.ids(checkpoint.generationConfig().endOfTextIds(), tokenizer, templateSource);
        return new ModelText(tokenizer, chatTemplate.map(ChatTemplate.class::cast), endOfTextIds);
    }

    /** An embedding may have more rows than there are tokens, never fewer. */
    private static void requireRows(Tokenizer tokenizer, int rows) {
        if (tokenizer.vocabularySize() > rows) {
            int tokens = tokenizer.vocabularySize();
            tokenizer.close();
            throw new ModelFormatException("the tokenizer has token ids up to " + (tokens - 1) + " (" + tokens
                    + " ids), the embedding only " + rows + " rows");
        }
    }

    @Override
    public void close() {
        tokenizer.close();
    }
}
