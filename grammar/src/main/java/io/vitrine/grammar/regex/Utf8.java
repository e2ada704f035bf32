package io.vitrine.grammar.regex;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import io.vitrine.grammar.automaton.ByteSet;
import io.vitrine.grammar.automaton.Language;
import io.vitrine.grammar.automaton.Languages;

/** Characters as well-formed UTF-8 (RFC 3629). */
public final class Utf8 implements CharacterEncoding {

    private static final int[] LAST_OF_LENGTH = {0x7F, 0x7FF, 0xFFFF, Character.MAX_CODE_POINT};
    private static final int CONTINUATION_BITS = 6;

    private final Languages languages;
    private final Map<CodePoints, Language> known = new HashMap<>();

    public Utf8(Languages languages) {
        this.languages = languages;
    }

    @Override
    public Language encode(CodePoints characters) {
        return known.computeIfAbsent(characters, this::union);
    }

    private Language union(CodePoints characters) {
        List<Language> sequences = new ArrayList<>();
        for (CodePoints.Range range : characters.ranges()) {
            int first = range.first();
            for (int last : LAST_OF_LENGTH) {
                if (first <= Math.min(last, range.last())) {
                    addSequences(sequences, first, Math.min(last, range.last()));
                    first = last + 1;
                }
            }
        }
        return languages.union(sequences);
    }

    /** Splits a range of code points of one encoded length until every byte ranges independently of the others. */
    private void addSequences(List<Language> sequences, int first, int last) {
        for (int low = CONTINUATION_BITS; low <= 3 * CONTINUATION_BITS; low += CONTINUATION_BITS) {
            int mask = (1 << low) - 1;
            if ((first & ~mask) != (last & ~mask)) {
                if ((first & mask) != 0) {
                    addSequences(sequences, first, first | mask);
                    addSequences(sequences, (first | mask) + 1, last);
                    return;
                }
                if ((last & mask) != mask) {
                    addSequences(sequences, first, (last & ~mask) - 1);
                    addSequences(sequences, last & ~mask, last);
                    return;
                }
            }
        }
        byte[] from = bytes(first);
        byte[] to = bytes(last);
        Language[] sequence = new Language[from.length];
        for (int i = 0; i < from.length; i++) {
            sequence[i] = languages.bytes(ByteSet.range(from[i] & 0xFF, to[i] & 0xFF));
        }
        sequences.add(languages.concatenation(sequence));
    }

    private static byte[] bytes(int codePoint) {
        return Character.toString(codePoint).getBytes(StandardCharsets.UTF_8);
    }
}
