package io.vitrine.model.text;

import java.util.List;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vitrine.model.weights.ModelFormatException;

/**
 * How a byte-level BPE tokenizer cuts a text into words before it merges, by the names of {@code tokenizer.ggml.pre}.
 *
 * <p>GGUF files carry only a name; what it means is written here as the original tokenizer.json files write it. A wrong cut
 * gives no error, only a model that answers worse, so a name that is not known is refused.
 */
enum PreTokenizer {
    /** GPT-2's own. */
    GPT2,
    /**
     * What llama.cpp does where it knows no better: punctuation by itself first, so that GPT-2's contractions never come about, and
     * digits by threes.
     */
    DEFAULT,
    /** GPT-2's, after each digit has become a word of its own. */
    SINGLE_DIGITS,
    /** Llama 3: digits by threes, contractions in any case, newlines kept with the punctuation before them. */
    LLAMA3,
    /** Llama 3's cut, but words that are whole tokens are merged like the others. */
    SMAUG,
    /** Llama 3's cut with single digits, on text in Unicode normal form C. */
    QWEN2;

    private static final String LLAMA3_PATTERN = pattern("{1,3}");
    private static final String QWEN2_PATTERN = pattern("");

    /**
     * The kind that a GGUF file names.
     *
     * @throws ModelFormatException if the name is not known
     */
    static PreTokenizer named(String name) {
        return switch (name) {
            case "gpt-2" -> GPT2;
            case "default" -> DEFAULT;
            case "smollm", "starcoder", "refact" -> SINGLE_DIGITS;
            case "llama-bpe", "llama3", "llama-v3" -> LLAMA3;
            case "smaug-bpe" -> SMAUG;
            case "qwen2" -> QWEN2;
            default ->
                throw new ModelFormatException("GGUF metadata tokenizer.ggml.pre \"" + name
                        + "\" is not supported (supported: gpt-2, default, smollm, starcoder, refact, llama-bpe, llama3,"
                        + " llama-v3, smaug-bpe, qwen2)");
        };
    }

    /** The {@code pre_tokenizer} section of a tokenizer.json. */
    ObjectNode section() {
        return switch (this) {
            case GPT2 -> byteLevel(true);
            case DEFAULT ->
                sequence(
                        split("[\\p{P}\\$\\+<=>\\^~\\|]+"),
                        split("'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)"),
                        split("\\p{N}+"),
                        split("[0-9][0-9][0-9]"),
                        byteLevel(false));
            case SINGLE_DIGITS -> sequence(node("Digits").put("individual_digits", true), byteLevel(true));
            case LLAMA3, SMAUG -> sequence(split(LLAMA3_PATTERN), byteLevel(false));
            case QWEN2 -> sequence(split(QWEN2_PATTERN), byteLevel(false));
        };
    }

    /** Whether a word that is itself a token is taken as it is, without asking the merges. */
    boolean takesWholeWords() {
        return this == LLAMA3;
    }

    boolean normalizesToFormC() {
        return this == QWEN2;
    }

    /** What holds for files that do not say {@code tokenizer.ggml.add_bos_token}. */
    boolean addsBosByDefault() {
        return this == LLAMA3;
    }

    private static String pattern(String digits) {
        return "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}" + digits
                + "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
    }

    private static ObjectNode split(String pattern) {
        ObjectNode split = node("Split").put("behavior", "Isolated").put("invert", false);
        split.putObject("pattern").put("Regex", pattern);
        return split;
    }

    private static ObjectNode byteLevel(boolean withPattern) {
        return node("ByteLevel")
                .put("add_prefix_space", false)
                .put("trim_offsets", true)
                .put("use_regex", withPattern);
    }

    /** Each cuts the words that the one before has made. */
    private static ObjectNode sequence(ObjectNode... steps) {
        ObjectNode sequence = node("Sequence");
        sequence.putArray("pretokenizers").addAll(List.of(steps));
        return sequence;
    }

    private static ObjectNode node(String type) {
        return JsonNodeFactory.instance.objectNode().put("type", type);
    }
}
