package io.vitrine.model;

import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

import io.vitrine.model.text.ChatTemplate;
import io.vitrine.model.text.ChatTemplates;
import io.vitrine.model.text.ControlTokens;
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
 * @param warnings what is odd about it, in words for whoever runs the model
 */
public record ModelText(
        Tokenizer tokenizer, Optional<ChatTemplate> chatTemplate, Set<Integer> endOfTextIds, List<String> warnings)
        implements AutoCloseable {

    private static final int NAMED_TENSORS = 20;

    public ModelText {
        endOfTextIds = Set.copyOf(endOfTextIds);
        warnings = List.copyOf(warnings);
    }

    /** Without anything odd. */
    public ModelText(Tokenizer tokenizer, Optional<ChatTemplate> chatTemplate, Set<Integer> endOfTextIds) {
        this(tokenizer, chatTemplate, endOfTextIds, List.of());
    }

    /** Opens it as the other method does, with control tokens in the template alone. */
    public static ModelText open(Path path, Checkpoint checkpoint) {
        return open(path, checkpoint, ControlTokens.IN_TEMPLATE);
    }

    /**
     * Opens it. The checkpoint is not needed afterwards.
     *
     * @param path where the checkpoint was opened: a {@code .gguf} file or a Hugging Face folder
     * @param reading where in a conversation the spelling of a control token is that token
     * @throws ModelFormatException if a part is damaged, of a kind this program does not know, or does not fit the others
     */
    public static ModelText open(Path path, Checkpoint checkpoint, ControlTokens reading) {
        Tokenizer tokenizer = checkpoint instanceof GgufFile gguf
                ? Tokenizers.fromGguf(gguf.metadata())
                : Tokenizers.fromFolder(path);
        try {
            return of(path, checkpoint, tokenizer, reading);
        } catch (RuntimeException e) {
            tokenizer.close();
            throw e;
        }
    }

    private static ModelText of(Path path, Checkpoint checkpoint, Tokenizer tokenizer, ControlTokens reading) {
        requireRows(tokenizer, checkpoint.config().vocabularySize());
        Clock clock = Clock.system(ZoneId.systemDefault()); // some templates write today's date
        Set<String> controlTokens = tokenizer.controlTokens();
        Optional<JinjaChatTemplate> chatTemplate = checkpoint instanceof GgufFile gguf
                ? ChatTemplates.fromGguf(gguf.metadata(), clock, controlTokens, reading)
                : ChatTemplates.fromFolder(path, clock, controlTokens, reading);
        String templateSource = chatTemplate.map(JinjaChatTemplate::source).orElse("");
        Set<Integer> endOfTextIds =
                EndOfText.ids(checkpoint.generationConfig().endOfTextIds(), tokenizer, templateSource);
        return new ModelText(tokenizer, chatTemplate.map(ChatTemplate.class::cast), endOfTextIds, warnings(checkpoint));
    }

    private static List<String> warnings(Checkpoint checkpoint) {
        List<String> warnings = new ArrayList<>();
        List<String> unused = checkpoint.unusedTensors();
        if (!unused.isEmpty()) {
            warnings.add(unused.size() + " tensors are no part of the model and are not read: "
                    + unused.stream().limit(NAMED_TENSORS).collect(Collectors.joining(" "))
                    + (unused.size() > NAMED_TENSORS ? " …" : ""));
        }
        List<String> mistyped =
                checkpoint instanceof GgufFile gguf ? Tokenizers.mistypedControls(gguf.metadata()) : List.of();
        if (!mistyped.isEmpty()) {
            warnings.add(
                    "the file types all its tokens as text; taken as control tokens: " + String.join(" ", mistyped));
        }
        return warnings;
    }

    /** An embedding may have more rows than there are tokens, never fewer. */
    private static void requireRows(Tokenizer tokenizer, int rows) {
        if (tokenizer.vocabularySize() > rows) {
            int tokens = tokenizer.vocabularySize();
            throw new ModelFormatException("the tokenizer has token ids up to " + (tokens - 1) + " (" + tokens
                    + " ids), the embedding only " + rows + " rows");
        }
    }

    @Override
    public void close() {
        tokenizer.close();
    }
}
