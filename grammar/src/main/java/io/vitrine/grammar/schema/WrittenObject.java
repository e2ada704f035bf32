package io.vitrine.grammar.schema;

import java.util.Set;

import io.vitrine.grammar.GrammarException;
import io.vitrine.grammar.automaton.ByteSet;
import io.vitrine.grammar.automaton.Language;
import io.vitrine.grammar.automaton.Languages;
import io.vitrine.grammar.regex.JsonText;

/**
 * What is written around the properties of an object: JSON, or one of the other notations of {@link Notation}.
 *
 * @param open before the first property
 * @param closeEmpty without properties
 * @param close behind the last property
 * @param beforeFirstKey beside a key that is the first
 * @param beforeKey beside a key that follows a property
 * @param afterKey between key and value
 * @param afterValue behind each value
 * @param keys the keys that can be written
 * @param keyRule which keys these are, for an error
 * @param textParameters properties whose strings are written raw
 * @param rawText any raw text
 * @param plainText strings of JSON that are written as they are
 */
record WrittenObject(
        Language open,
        Language closeEmpty,
        Language close,
        Language beforeFirstKey,
        Language beforeKey,
        Language afterKey,
        Language afterValue,
        Language keys,
        String keyRule,
        Set<String> textParameters,
        Language anyText,
        Language rawText,
        Language plainText,
        Languages languages) {

    private static final String END_OF_PARAMETER = "\n</parameter>";

    static WrittenObject json(Language space, Languages languages) {
        Language quote = languages.literal("\"");
        Language comma = languages.concatenation(space, languages.literal(","), space);
        return new WrittenObject(
                languages.concatenation(languages.literal("{"), space),
                languages.literal("}"),
                languages.concatenation(space, languages.literal("}")),
                quote,
                languages.concatenation(comma, quote),
                languages.concatenation(quote, space, languages.literal(":"), space),
                languages.epsilon(),
                all(languages),
                "any text",
                Set.of(),
                languages.none(),
                languages.none(),
                languages.none(),
                languages);
    }

    static WrittenObject of(
            Notation notation, Set<String> textParameters, JsonText encoding, Language space, Languages languages) {
        return switch (notation) {
            case JSON -> json(space, languages);
            case KEYWORDS -> keywords(space, languages);
            case PARAMETERS -> parameters(textParameters, encoding, space, languages);
        };
    }

    private static WrittenObject keywords(Language space, Languages languages) {
        Language letter = languages.bytes(letters().union(ByteSet.of("_")));
        Language wordCharacter = languages.bytes(letters().union(ByteSet.of("_0123456789")));
        return new WrittenObject(
                languages.concatenation(languages.literal("("), space),
                languages.literal(")"),
                languages.concatenation(space, languages.literal(")")),
                languages.epsilon(),
                languages.concatenation(space, languages.literal(","), space),
                languages.literal("="),
                languages.epsilon(),
                languages.concatenation(letter, languages.repetition(wordCharacter, 0, Languages.UNBOUNDED)),
                "a word of ASCII letters, digits and _",
                Set.of(),
                languages.none(),
                languages.none(),
                languages.none(),
                languages);
    }

    private static ByteSet letters() {
        return ByteSet.range('a', 'z').union(ByteSet.range('A', 'Z'));
    }

    private static WrittenObject parameters(
            Set<String> textParameters, JsonText encoding, Language space, Languages languages) {
        Language any = all(languages);
        Language plain = languages.repetition(encoding.unescaped(), 0, Languages.UNBOUNDED);
        Language withEnd = languages.concatenation(any, languages.literal(END_OF_PARAMETER), any);
        Language close = languages.literal("</function>");
        return new WrittenObject(
                languages.epsilon(),
                close,
                close,
                languages.literal("<parameter="),
                languages.literal("<parameter="),
                languages.literal(">\n"),
                languages.concatenation(languages.literal(END_OF_PARAMETER), space),
                languages.intersection(
                        languages.concatenation(encoding.unescaped(), plain),
                        languages.complement(languages.concatenation(any, languages.literal(">"), any))),
                "a text without >, quotes, backslashes and control characters",
                Set.copyOf(textParameters),
                languages.repetition(encoding.anyCharacter(), 0, Languages.UNBOUNDED),
                languages.intersection(
                        languages.repetition(encoding.rawCharacter(), 0, Languages.UNBOUNDED),
                        languages.complement(withEnd)),
                plain,
                languages);
    }

    private static Language all(Languages languages) {
        return languages.complement(languages.none());
    }

    Language close(boolean empty) {
        return empty ? closeEmpty : close;
    }

    /** A declared key, with what stands around it. */
    Language key(String name, Language spelling, boolean first) {
        Language key = key(spelling, first);
        if (languages.isEmpty(key)) {
            throw new GrammarException(
                    "properties",
                    "",
                    "in this model's notation of calls a parameter's name must be " + keyRule + ": " + name);
        }
        return key;
    }

    /** Any of these keys, with what stands around it; empty if none of them can be written. */
    Language key(Language names, boolean first) {
        return languages.concatenation(
                first ? beforeFirstKey : beforeKey, languages.intersection(names, keys), afterKey);
    }

    boolean isRaw(String name) {
        return textParameters.contains(name);
    }

    /** Strings as raw text: every one where the schema does not restrict them, else those that need no escape in JSON. */
    Language raw(Language content) {
        return content.equals(anyText) ? rawText : languages.intersection(content, plainText);
    }
}
