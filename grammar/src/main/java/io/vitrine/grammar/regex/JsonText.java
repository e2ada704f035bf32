package io.vitrine.grammar.regex;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import io.vitrine.grammar.automaton.ByteSet;
import io.vitrine.grammar.automaton.Language;
import io.vitrine.grammar.automaton.Languages;

/**
 * Characters inside a JSON string (RFC 8259).
 *
 * <p>{@link #encode} gives each character one spelling: itself where JSON permits, else its short escape, else {@code
 * \}{@code u00XX}. So a set of strings can be intersected and complemented as a set of byte strings. {@link
 * #anyCharacter} permits every escape but that of a lone surrogate.
 */
public final class JsonText implements CharacterEncoding {

    private static final String SHORT_ESCAPED = "\"\\\b\f\n\r\t";
    private static final String SHORT_ESCAPES = "\"\\bfnrt";
    private static final CodePoints CONTROLS = CodePoints.range(0, 0x1F);
    private static final CodePoints ESCAPED = CONTROLS.union(CodePoints.of("\"\\"));

    private final Languages languages;
    private final Utf8 utf8;
    private final Map<CodePoints, Language> known = new HashMap<>();

    public JsonText(Languages languages) {
        this.languages = languages;
        this.utf8 = new Utf8(languages);
    }

    @Override
    public Language encode(CodePoints characters) {
        return known.computeIfAbsent(characters, this::union);
    }

    private Language union(CodePoints characters) {
        List<Language> spellings = new ArrayList<>();
        spellings.add(utf8.encode(characters.minus(ESCAPED)));
        for (int i = 0; i < SHORT_ESCAPED.length(); i++) {
            if (characters.contains(SHORT_ESCAPED.charAt(i))) {
                spellings.add(languages.literal("\\" + SHORT_ESCAPES.charAt(i)));
            }
        }
        for (int control = 0; control < 0x20; control++) {
            if (characters.contains(control) && SHORT_ESCAPED.indexOf(control) < 0) {
                spellings.add(languages.concatenation(
                        languages.literal("\\u00" + (control >> 4)), hexadecimalDigit(control & 0xF)));
            }
        }
        return languages.union(spellings);
    }

    /** The one spelling of a text, without quotes; control characters in either case of their digits. */
    public Language literal(String text) {
        Language[] characters =
                text.codePoints().mapToObj(c -> encode(CodePoints.of(c))).toArray(Language[]::new);
        return languages.concatenation(characters);
    }

    /** Any of these texts, without quotes. */
    public Language literals(Collection<String> texts) {
        List<byte[]> plain = new ArrayList<>();
        List<Language> others = new ArrayList<>();
        for (String text : texts) {
            if (text.codePoints().anyMatch(c -> ESCAPED.contains(c) || !CodePoints.ALL.contains(c))) {
                others.add(literal(text));
            } else {
                plain.add(text.getBytes(StandardCharsets.UTF_8));
            }
        }
        others.add(languages.literals(plain));
        return languages.union(others);
    }

    /** Any character that needs no escape. */
    public Language unescaped() {
        return utf8.encode(CodePoints.ALL.minus(ESCAPED));
    }

    /** Any character as itself, outside JSON. */
    public Language rawCharacter() {
        return utf8.encode(CodePoints.ALL);
    }

    /** Any one character in any spelling. */
    public Language anyCharacter() {
        Language hex = languages.bytes(ByteSet.of("0123456789abcdefABCDEF"));
        Language d = languages.bytes(ByteSet.of("dD"));
        Language ordinary = languages.union(
                languages.concatenation(languages.bytes(ByteSet.of("0123456789abcefABCEF")), hex),
                languages.concatenation(d, languages.bytes(ByteSet.of("01234567"))));
        Language high = languages.concatenation(d, languages.bytes(ByteSet.of("89abAB")), hex, hex);
        Language low = languages.concatenation(d, languages.bytes(ByteSet.of("cdefCDEF")), hex, hex);
        Language escape = languages.literal("\\u");
        return languages.union(
                unescaped(),
                languages.concatenation(languages.literal("\\"), languages.bytes(ByteSet.of(SHORT_ESCAPES + "/"))),
                languages.concatenation(escape, ordinary, hex, hex),
                languages.concatenation(escape, high, escape, low));
    }

    private Language hexadecimalDigit(int value) {
        String digit = Integer.toHexString(value);
        return languages.bytes(ByteSet.of(digit + digit.toUpperCase(Locale.ROOT)));
    }
}
