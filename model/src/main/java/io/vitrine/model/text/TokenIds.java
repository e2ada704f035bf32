package io.vitrine.model.text;

import java.util.Arrays;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import ai.djl.huggingface.tokenizers.jni.TokenizersLibrary;

/**
 * The ids of a text's tokens and nothing else of what the Rust library knows of them. DJL's own {@code encode} brings strings, places
 * and masks of each token into the heap as well: 130 bytes a token, which is 250 MB for two megabytes of digits.
 */
final class TokenIds {

    private TokenIds() {}

    static int[] of(HuggingFaceTokenizer rust, String text, boolean addSpecialTokens) {
        TokenizersLibrary library = TokenizersLibrary.LIB;
        long encoding = library.encode(rust.getHandle(), text, addSpecialTokens);
        try {
            return Arrays.stream(library.getTokenIds(encoding))
                    .mapToInt(Math::toIntExact)
                    .toArray();
        } finally {
            library.deleteEncoding(encoding);
        }
    }
}
