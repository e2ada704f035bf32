package io.vitrine.model.text;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import io.vitrine.model.weights.GgufMetadata;
import io.vitrine.model.weights.ModelFormatException;

/** Opens the tokenizer that a model brings: from the tokenizer.json of its folder, or from the metadata of its GGUF file. */
public final class Tokenizers {

    /** The largest tokenizer.json in use (Gemma 3) has 33 MB. */
    private static final long MAX_TOKENIZER_JSON_BYTES = 256L << 20;

    private Tokenizers() {}

    /**
     * The tokenizer of a Hugging Face folder.
     *
     * @throws ModelFormatException if {@code tokenizer.json} is missing, damaged, or of a kind that is not supported
     */
    public static Tokenizer fromFolder(Path folder) {
        Path file = folder.resolve("tokenizer.json");
        if (!Files.isRegularFile(file)) {
            throw new ModelFormatException("there is no tokenizer.json in " + folder);
        }
        try {
            if (Files.size(file) > MAX_TOKENIZER_JSON_BYTES) {
                throw new ModelFormatException(
                        file + " has " + Files.size(file) + " bytes; the limit is " + MAX_TOKENIZER_JSON_BYTES);
            }
            return RustTokenizer.of(Files.readString(file));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        }
    }

    /** Tokens of a GGUF file that are taken as control tokens though it types them as normal; empty in a file that is right. */
    public static List<String> mistypedControls(GgufMetadata metadata) {
        return GgufVocabulary.mistypedControls(metadata);
    }

    /**
     * The tokenizer that a GGUF file describes: {@code tokenizer.ggml.model} {@code gpt2} (byte-level BPE) or {@code llama}
     * (SentencePiece BPE).
     *
     * @throws ModelFormatException if the metadata is incomplete, contradicts itself, or is of a kind that is not supported
     */
    public static Tokenizer fromGguf(GgufMetadata metadata) {
        return RustTokenizer.of(GgufTokenizerJson.of(metadata));
    }
}
