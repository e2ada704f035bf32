package io.vitrine.grammar.mask;

import io.vitrine.grammar.automaton.Language;
import io.vitrine.grammar.automaton.Languages;
import io.vitrine.grammar.regex.JsonText;

/**
 * Tokens that are texts of JSON strings without escapes, up to a length: most of a vocabulary. Prepared once a vocabulary.
 *
 * @param maxCharacters longest text
 * @param tokens bit set over the vocabulary
 * @param remainder the other tokens
 */
record Slice(int maxCharacters, long[] tokens, FlatTrie remainder) {

    /** Prefixes of these texts are the tokens of the slice. */
    static Language texts(int maxCharacters, Languages languages) {
        return languages.repetition(new JsonText(languages).unescaped(), 1, maxCharacters);
    }
}
