package io.vitrine.grammar.regex;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Named sets of characters: the escapes of ECMA-262 and Unicode's general categories. */
final class CharacterClasses {

    static final CodePoints DIGIT = CodePoints.range('0', '9');
    static final CodePoints WORD = DIGIT.union(CodePoints.range('a', 'z'))
            .union(CodePoints.range('A', 'Z'))
            .union(CodePoints.of('_'));
    static final CodePoints LINE_TERMINATOR = CodePoints.of("\n\r\u2028\u2029");
    static final CodePoints SPACE = CodePoints.of("\t\u000B\f \u00A0\u1680\u202F\u205F\u3000\uFEFF")
            .union(LINE_TERMINATOR)
            .union(CodePoints.range(0x2000, 0x200A));

    private static final Map<String, String> LONG_NAMES = Map.ofEntries(
            Map.entry("Letter", "L"),
            Map.entry("Lowercase_Letter", "Ll"),
            Map.entry("Uppercase_Letter", "Lu"),
            Map.entry("Titlecase_Letter", "Lt"),
            Map.entry("Modifier_Letter", "Lm"),
            Map.entry("Other_Letter", "Lo"),
            Map.entry("Mark", "M"),
            Map.entry("Number", "N"),
            Map.entry("Decimal_Number", "Nd"),
            Map.entry("digit", "Nd"),
            Map.entry("Letter_Number", "Nl"),
            Map.entry("Other_Number", "No"),
            Map.entry("Punctuation", "P"),
            Map.entry("punct", "P"),
            Map.entry("Symbol", "S"),
            Map.entry("Separator", "Z"),
            Map.entry("Space_Separator", "Zs"));

    private static final Map<Integer, String> CATEGORY_OF_TYPE = categories();
    private static final Map<String, Optional<CodePoints>> KNOWN = new ConcurrentHashMap<>();

    private CharacterClasses() {}

    /** The set of {@code \p{name}}: a general category by its short or long name, or {@code Any} or {@code ASCII}. */
    static Optional<CodePoints> property(String name) {
        String value = name.startsWith("General_Category=") || name.startsWith("gc=")
                ? name.substring(name.indexOf('=') + 1)
                : name;
        return switch (value) {
            case "Any" -> Optional.of(CodePoints.ALL);
            case "ASCII" -> Optional.of(CodePoints.range(0, 0x7F));
            default -> category(LONG_NAMES.getOrDefault(value, value));
        };
    }

    private static Optional<CodePoints> category(String name) {
        boolean exists = CATEGORY_OF_TYPE.values().stream()
                .anyMatch(category ->
                        category.equals(name) || category.substring(0, 1).equals(name));
        return exists ? KNOWN.computeIfAbsent(name, CharacterClasses::scan) : Optional.empty();
    }

    private static Optional<CodePoints> scan(String name) {
        List<CodePoints.Range> ranges = new ArrayList<>();
        int start = -1;
        for (int c = 0; c <= Character.MAX_CODE_POINT + 1; c++) {
            boolean member = c <= Character.MAX_CODE_POINT
                    && CATEGORY_OF_TYPE.getOrDefault(Character.getType(c), "").startsWith(name);
            if (member && start < 0) {
                start = c;
            } else if (!member && start >= 0) {
                ranges.add(new CodePoints.Range(start, c - 1));
                start = -1;
            }
        }
        return Optional.of(new CodePoints(ranges));
    }

    private static Map<Integer, String> categories() {
        Map<Integer, String> names = new HashMap<>();
        names.put((int) Character.UPPERCASE_LETTER, "Lu");
        names.put((int) Character.LOWERCASE_LETTER, "Ll");
        names.put((int) Character.TITLECASE_LETTER, "Lt");
        names.put((int) Character.MODIFIER_LETTER, "Lm");
        names.put((int) Character.OTHER_LETTER, "Lo");
        names.put((int) Character.NON_SPACING_MARK, "Mn");
        names.put((int) Character.ENCLOSING_MARK, "Me");
        names.put((int) Character.COMBINING_SPACING_MARK, "Mc");
        names.put((int) Character.DECIMAL_DIGIT_NUMBER, "Nd");
        names.put((int) Character.LETTER_NUMBER, "Nl");
        names.put((int) Character.OTHER_NUMBER, "No");
        names.put((int) Character.SPACE_SEPARATOR, "Zs");
        names.put((int) Character.LINE_SEPARATOR, "Zl");
        names.put((int) Character.PARAGRAPH_SEPARATOR, "Zp");
        names.put((int) Character.CONTROL, "Cc");
        names.put((int) Character.FORMAT, "Cf");
        names.put((int) Character.PRIVATE_USE, "Co");
        names.put((int) Character.UNASSIGNED, "Cn");
        names.put((int) Character.DASH_PUNCTUATION, "Pd");
        names.put((int) Character.START_PUNCTUATION, "Ps");
        names.put((int) Character.END_PUNCTUATION, "Pe");
        names.put((int) Character.CONNECTOR_PUNCTUATION, "Pc");
        names.put((int) Character.OTHER_PUNCTUATION, "Po");
        names.put((int) Character.INITIAL_QUOTE_PUNCTUATION, "Pi");
        names.put((int) Character.FINAL_QUOTE_PUNCTUATION, "Pf");
        names.put((int) Character.MATH_SYMBOL, "Sm");
        names.put((int) Character.CURRENCY_SYMBOL, "Sc");
        names.put((int) Character.MODIFIER_SYMBOL, "Sk");
        names.put((int) Character.OTHER_SYMBOL, "So");
        return Map.copyOf(names);
    }
}
