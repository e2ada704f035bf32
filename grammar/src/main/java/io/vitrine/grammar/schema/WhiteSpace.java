package io.vitrine.grammar.schema;

import io.vitrine.grammar.automaton.ByteSet;
import io.vitrine.grammar.automaton.Language;
import io.vitrine.grammar.automaton.Languages;

/**
 * White space between the tokens of a document: always optional, always bounded, since some models would otherwise
 * never end it.
 *
 * @param blanks most spaces or tabs on the same line
 * @param indentation most spaces or tabs after a line break; negative for no line breaks
 */
public record WhiteSpace(int blanks, int indentation) {

    public static final WhiteSpace NONE = new WhiteSpace(0, -1);

    /** Enough for a document printed with an indentation of four, ten levels deep. */
    public static final WhiteSpace DEFAULT = new WhiteSpace(2, 40);

    public WhiteSpace {
        if (blanks < 0) {
            throw new IllegalArgumentException("blanks must be >= 0: " + blanks);
        }
    }

    public Language language(Languages languages) {
        Language blank = languages.bytes(ByteSet.of(" \t"));
        Language sameLine = languages.repetition(blank, 0, blanks);
        if (indentation < 0) {
            return sameLine;
        }
        Language lineBreak =
                languages.concatenation(languages.optional(languages.literal("\r")), languages.literal("\n"));
        return languages.union(
                sameLine, languages.concatenation(lineBreak, languages.repetition(blank, 0, indentation)));
    }
}
