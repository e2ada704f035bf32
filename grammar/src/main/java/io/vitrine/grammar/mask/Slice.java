package io.vitrine.grammar.mask;

import java.util.List;

import io.vitrine.grammar.automaton.Language;
import io.vitrine.grammar.automaton.Languages;
import io.vitrine.grammar.regex.JsonText;

/**
 * Tokens that are texts of JSON strings without escapes: most of a vocabulary. Where a string admits any text of up
 * to {@code n} characters, {@code upTo(n)} are its tokens of this kind, and only the others are to be walked.
 * Prepared once a vocabulary.
 *
 * @param masks by number of characters: tokens of the slice that are texts of so many at most; lent
 * @param remainder the tokens that are not in the slice
 */
record Slice(List<long[]> masks, FlatTrie remainder) {

    /** The characters of such texts. */
    static Language character(Languages languages) {
        return new JsonText(languages).unescaped();
    }

    /** Characters of the longest token. */
    int longest() {
        return masks.size() - 1;
    }

    /** Lent, not copied. */
    long[] upTo(int characters) {
        return masks.get(characters);
    }
}
