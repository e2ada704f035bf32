package io.vitrine.model.text;

import java.util.List;
import java.util.Optional;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vitrine.model.weights.GgufMetadata;
import io.vitrine.model.weights.ModelFormatException;
import org.jspecify.annotations.Nullable;

/**
 * Writes the tokenizer that GGUF metadata describes as the tokenizer.json that Hugging Face's library reads.
 *
 * <p>GGUF does not say whether an added token takes the whitespace beside it with it ({@code lstrip}, {@code rstrip}); here none
 * does, which is so for the models of the Llama, Qwen and SmolLM families, but not for Phi-3.
 */
final class GgufTokenizerJson {

    private static final String MODEL = "tokenizer.ggml.model";
    private static final String SPACE = TokenSpelling.SentencePiece.SPACE;

    private final GgufMetadata metadata;
    private final GgufVocabulary vocabulary;
    private final ObjectNode root = JsonNodeFactory.instance.objectNode();

    private GgufTokenizerJson(GgufMetadata metadata) {
        this.metadata = metadata;
        this.vocabulary = GgufVocabulary.of(metadata);
    }

    /**
     * The whole document.
     *
     * @throws ModelFormatException if the metadata is incomplete, contradicts itself, or is of a kind not supported
     */
    static ObjectNode of(GgufMetadata metadata) {
        String model = GgufVocabulary.required(metadata.string(MODEL), MODEL);
        return switch (model) {
            case "gpt2" -> new GgufTokenizerJson(metadata).byteLevel();
            case "llama" -> new GgufTokenizerJson(metadata).sentencePiece();
            default ->
                throw new ModelFormatException(
                        "GGUF metadata " + MODEL + " \"" + model + "\" is not supported (supported: gpt2, llama)");
        };
    }

    private ObjectNode byteLevel() {
        String pre = GgufVocabulary.required(metadata.string("tokenizer.ggml.pre"), "tokenizer.ggml.pre");
        PreTokenizer preTokenizer = PreTokenizer.named(pre);
        start(preTokenizer.normalizesToFormC() ? node("NFC") : null, preTokenizer.section());
        addPostProcessor(preTokenizer.addsBosByDefault());
        root.set("decoder", decoderByteLevel());
        ObjectNode model = addModel().put("byte_fallback", false).put("ignore_merges", preTokenizer.takesWholeWords());
        ArrayNode merges = model.putArray("merges");
        for (String merge :
                GgufVocabulary.required(metadata.strings("tokenizer.ggml.merges"), "tokenizer.ggml.merges")) {
            int space = merge.indexOf(' ', 1);
            if (space < 0 || space == merge.length() - 1) {
                throw new ModelFormatException("GGUF metadata tokenizer.ggml.merges has \"" + merge
                        + "\"; a merge is two tokens with a space between them");
            }
            merges.addArray().add(merge.substring(0, space)).add(merge.substring(space + 1));
        }
        return root;
    }

    private ObjectNode sentencePiece() {
        if (metadata.flag("tokenizer.ggml.remove_extra_whitespaces").orElse(false)) {
            throw new ModelFormatException("GGUF metadata tokenizer.ggml.remove_extra_whitespaces is true, which is not"
                    + " supported for tokenizer.ggml.model \"llama\"");
        }
        boolean prefix = metadata.flag("tokenizer.ggml.add_space_prefix").orElse(true);
        start(spaceNormalizer(prefix), null);
        addPostProcessor(true);
        root.set("decoder", sentencePieceDecoder(prefix));
        ObjectNode model = addModel().put("byte_fallback", true).put("fuse_unk", true);
        unknownToken().ifPresent(token -> model.put("unk_token", token));
        ArrayNode merges = model.putArray("merges");
        for (List<String> merge : SentencePieceMerges.of(vocabulary, scores())) {
            merges.addArray().add(merge.get(0)).add(merge.get(1));
        }
        return root;
    }

    private void start(@Nullable ObjectNode normalizer, @Nullable ObjectNode preTokenizer) {
        root.put("version", "1.0").putNull("truncation").putNull("padding");
        ArrayNode added = root.putArray("added_tokens");
        for (int id = 0; id < vocabulary.tokens().size(); id++) {
            if (vocabulary.isAdded(id)) {
                added.addObject()
                        .put("id", id)
                        .put("content", vocabulary.tokens().get(id))
                        .put("single_word", false)
                        .put("lstrip", false)
                        .put("rstrip", false)
                        .put("normalized", false)
                        .put("special", vocabulary.isSpecial(id));
            }
        }
        root.set("normalizer", normalizer);
        root.set("pre_tokenizer", preTokenizer);
    }

    private ObjectNode addModel() {
        ObjectNode model = root.putObject("model")
                .put("type", "BPE")
                .putNull("dropout")
                .putNull("unk_token")
                .putNull("continuing_subword_prefix")
                .putNull("end_of_word_suffix")
                .put("fuse_unk", false);
        ObjectNode ids = model.putObject("vocab");
        for (int id = 0; id < vocabulary.tokens().size(); id++) {
            if (vocabulary.isUnused(id)) {
                continue; // a hole: neither read from a text nor drawn
            }
            String token = vocabulary.tokens().get(id);
            if (ids.has(token)) {
                throw new ModelFormatException("GGUF metadata tokenizer.ggml.tokens has \"" + token + "\" twice, as "
                        + ids.get(token) + " and as " + id);
            }
            ids.put(token, id);
        }
        return model;
    }

    /** What is put around a plain text: BOS before it, EOS after it, as the file says. */
    private void addPostProcessor(boolean bosByDefault) {
        Optional<String> bos = edgeToken("tokenizer.ggml.add_bos_token", bosByDefault, "tokenizer.ggml.bos_token_id");
        Optional<String> eos = edgeToken("tokenizer.ggml.add_eos_token", false, "tokenizer.ggml.eos_token_id");
        if (bos.isEmpty() && eos.isEmpty()) {
            root.putNull("post_processor");
            return;
        }
        ObjectNode template = root.putObject("post_processor").put("type", "TemplateProcessing");
        ObjectNode specials = template.putObject("special_tokens");
        ArrayNode single = template.putArray("single");
        ArrayNode pair = template.putArray("pair");
        bos.ifPresent(token -> addEdge(token, specials, single, pair));
        single.addObject().putObject("Sequence").put("id", "A").put("type_id", 0);
        pair.addObject().putObject("Sequence").put("id", "A").put("type_id", 0);
        pair.addObject().putObject("Sequence").put("id", "B").put("type_id", 0);
        eos.ifPresent(token -> addEdge(token, specials, single, pair));
    }

    private Optional<String> edgeToken(String flagKey, boolean byDefault, String idKey) {
        boolean wanted = metadata.flag(flagKey).orElse(byDefault);
        return wanted ? Optional.of(vocabulary.token(metadata, idKey)) : Optional.empty();
    }

    private void addEdge(String token, ObjectNode specials, ArrayNode single, ArrayNode pair) {
        for (ArrayNode template : List.of(single, pair)) {
            template.addObject().putObject("SpecialToken").put("id", token).put("type_id", 0);
        }
        ObjectNode special = specials.putObject(token).put("id", token);
        special.putArray("ids").add(vocabulary.tokens().indexOf(token));
        special.putArray("tokens").add(token);
    }

    private Optional<String> unknownToken() {
        String key = "tokenizer.ggml.unknown_token_id";
        return metadata.integer(key).map(id -> vocabulary.token(metadata, key));
    }

    private float[] scores() {
        Object scores = metadata.values().get("tokenizer.ggml.scores");
        if (scores instanceof float[] floats
                && floats.length == vocabulary.tokens().size()) {
            return floats;
        }
        throw new ModelFormatException("GGUF metadata needs one float of tokenizer.ggml.scores for each of the "
                + vocabulary.tokens().size() + " tokens");
    }

    private static ObjectNode spaceNormalizer(boolean prefix) {
        ObjectNode sequence = node("Sequence");
        ArrayNode steps = sequence.putArray("normalizers");
        if (prefix) {
            steps.add(node("Prepend").put("prepend", SPACE));
        }
        steps.add(replacement(" ", SPACE));
        return sequence;
    }

    private static ObjectNode sentencePieceDecoder(boolean prefix) {
        ObjectNode sequence = node("Sequence");
        ArrayNode steps = sequence.putArray("decoders")
                .add(replacement(SPACE, " "))
                .add(node("ByteFallback"))
                .add(node("Fuse"));
        if (prefix) {
            steps.add(node("Strip").put("content", " ").put("start", 1).put("stop", 0));
        }
        return sequence;
    }

    private static ObjectNode decoderByteLevel() {
        return node("ByteLevel")
                .put("add_prefix_space", false)
                .put("trim_offsets", true)
                .put("use_regex", true);
    }

    private static ObjectNode replacement(String from, String to) {
        ObjectNode replace = node("Replace").put("content", to);
        replace.putObject("pattern").put("String", from);
        return replace;
    }

    private static ObjectNode node(String type) {
        return JsonNodeFactory.instance.objectNode().put("type", type);
    }
}
