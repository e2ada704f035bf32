package io.vitrine.grammar.regex;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

import io.vitrine.grammar.GrammarException;
import io.vitrine.grammar.GrammarLimits;
import io.vitrine.grammar.automaton.Language;
import io.vitrine.grammar.automaton.Languages;

/**
 * Reads a regular expression of ECMA-262 (with its flag {@code u}) into a language.
 *
 * <p>Look-around, back-references and word boundaries are refused, since they are not regular or depend on the
 * surroundings. Anchors may stand at the ends of a branch, also where one group is the whole branch.
 */
public final class RegexParser {

    /** Whether the expression describes the whole text or, as in JSON Schema, any part of it. */
    public enum Match {
        WHOLE,
        SEARCH
    }

    private final String source;
    private final Match match;
    private final CharacterEncoding encoding;
    private final Languages languages;
    private final GrammarLimits limits;
    private int position;
    private int depth;
    /** How many of the open groups are whole branches, where anchors may stand. */
    private int groupsAtWhole;

    private RegexParser(
            String source, Match match, CharacterEncoding encoding, Languages languages, GrammarLimits limits) {
        this.source = source;
        this.match = match;
        this.encoding = encoding;
        this.languages = languages;
        this.limits = limits;
    }

    /**
     * The language of a regular expression.
     *
     * @throws GrammarException with keyword {@code regex} and the offset of the fault as its pointer
     */
    public static Language parse(
            String source, Match match, CharacterEncoding encoding, Languages languages, GrammarLimits limits) {
        RegexParser parser = new RegexParser(source, match, encoding, languages, limits);
        if (source.length() > limits.patternLength()) {
            throw parser.fault("a regular expression may have " + limits.patternLength() + " characters; this one has "
                    + source.length());
        }
        Language language = parser.wholeDisjunction(source.length());
        if (parser.position < source.length()) {
            throw parser.fault("unmatched )");
        }
        return language;
    }

    /** Alternatives that are matched against the text itself, where anchors have their meaning. */
    private Language wholeDisjunction(int end) {
        List<Language> branches = new ArrayList<>();
        do {
            branches.add(wholeBranch(end));
        } while (position < end && accept('|'));
        return languages.union(branches);
    }

    private Language wholeBranch(int end) {
        int close = groupEnd(position);
        if (close >= 0 && (close == end || source.charAt(close) == '|')) {
            enterGroup();
            Language inner = wholeDisjunction(close - 1);
            leaveGroup();
            return inner;
        }
        boolean anchoredStart = false;
        while (position < end && source.charAt(position) == '^') {
            anchoredStart = true;
            position++;
        }
        Language branch = sequence();
        boolean anchoredEnd = false;
        while (position < end && source.charAt(position) == '$') {
            anchoredEnd = true;
            position++;
        }
        if (position < end && source.charAt(position) != '|' && source.charAt(position) != ')') {
            throw fault("$ must end a branch");
        }
        if (match == Match.WHOLE) {
            return branch;
        }
        Language anything = languages.repetition(encoding.encode(CodePoints.ALL), 0, Languages.UNBOUNDED);
        return languages.concatenation(
                anchoredStart ? languages.epsilon() : anything, branch, anchoredEnd ? languages.epsilon() : anything);
    }

    /** The position after the group that begins at {@code start}, or -1 if none does. */
    private int groupEnd(int start) {
        if (start >= source.length() || source.charAt(start) != '(') {
            return -1;
        }
        int open = 0;
        boolean inClass = false;
        for (int i = start; i < source.length(); i++) {
            switch (source.charAt(i)) {
                case '\\' -> i++;
                case '[' -> inClass = true;
                case ']' -> inClass = false;
                case '(' -> open += inClass ? 0 : 1;
                case ')' -> open -= inClass ? 0 : 1;
                default -> {}
            }
            if (open == 0) {
                return i + 1;
            }
        }
        return -1;
    }

    private Language disjunction() {
        List<Language> branches = new ArrayList<>();
        do {
            branches.add(sequence());
        } while (accept('|'));
        return languages.union(branches);
    }

    private Language sequence() {
        List<Language> terms = new ArrayList<>();
        while (position < source.length()) {
            char next = source.charAt(position);
            if (next == '|' || next == ')' || (next == '$' && depth == groupsAtWhole)) {
                break;
            }
            terms.add(quantified(atom()));
        }
        return languages.concatenation(terms.toArray(Language[]::new));
    }

    private void enterGroup() {
        openGroup();
        groupsAtWhole++;
    }

    private void leaveGroup() {
        groupsAtWhole--;
        closeGroup();
    }

    private void openGroup() {
        position++;
        if (++depth > limits.depth()) {
            throw fault("groups may be nested " + limits.depth() + " deep");
        }
        if (accept('?')) {
            if (accept(':')) {
                return;
            }
            boolean lookBehind = source.startsWith("<=", position) || source.startsWith("<!", position);
            int nameEnd = source.indexOf('>', position);
            if (source.startsWith("<", position) && !lookBehind && nameEnd > 0) {
                position = nameEnd + 1;
                return;
            }
            throw fault("look-around and flags inside an expression are not supported");
        }
    }

    private void closeGroup() {
        depth--;
        if (!accept(')')) {
            throw fault("a group is not closed");
        }
    }

    private Language atom() {
        char c = source.charAt(position);
        switch (c) {
            case '(' -> {
                openGroup();
                Language inner = disjunction();
                closeGroup();
                return inner;
            }
            case '[' -> {
                return encoding.encode(characterClass());
            }
            case '.' -> {
                position++;
                return encoding.encode(CharacterClasses.LINE_TERMINATOR.complement());
            }
            case '\\' -> {
                return encoding.encode(escape(false));
            }
            case '^', '$' -> throw fault("an anchor must stand at the end of a branch of the whole expression");
            case '*', '+', '?', '{' -> throw fault("nothing to repeat");
            default -> {
                int codePoint = source.codePointAt(position);
                position += Character.charCount(codePoint);
                return encoding.encode(character(codePoint));
            }
        }
    }

    private CodePoints character(int codePoint) {
        if (codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE) {
            throw fault("a lone surrogate is not a character");
        }
        return CodePoints.of(codePoint);
    }

    private Language quantified(Language atom) {
        if (position >= source.length()) {
            return atom;
        }
        Language repeated;
        switch (source.charAt(position)) {
            case '*' -> {
                position++;
                repeated = languages.repetition(atom, 0, Languages.UNBOUNDED);
            }
            case '+' -> {
                position++;
                repeated = languages.repetition(atom, 1, Languages.UNBOUNDED);
            }
            case '?' -> {
                position++;
                repeated = languages.optional(atom);
            }
            case '{' -> repeated = counted(atom);
            default -> {
                return atom;
            }
        }
        // Lazy or greedy makes no difference to what matches.
        accept('?');
        if (position < source.length() && "*+?{".indexOf(source.charAt(position)) >= 0) {
            throw fault("nothing to repeat");
        }
        return repeated;
    }

    private Language counted(Language atom) {
        position++;
        int min = number();
        int max = min;
        if (accept(',')) {
            max = source.startsWith("}", position) ? Languages.UNBOUNDED : number();
        }
        if (!accept('}')) {
            throw fault("a repetition must read {n}, {n,} or {n,m}");
        }
        if (max < min) {
            throw fault("the bounds of a repetition are in the wrong order");
        }
        return languages.repetition(atom, min, max);
    }

    private int number() {
        int start = position;
        while (position < source.length() && Character.digit(source.charAt(position), 10) >= 0) {
            position++;
        }
        if (start == position) {
            throw fault("a repetition must read {n}, {n,} or {n,m}");
        }
        if (position - start > 9 || Integer.parseInt(source.substring(start, position)) > limits.repetitions()) {
            throw fault("a repetition may be up to " + limits.repetitions());
        }
        return Integer.parseInt(source.substring(start, position));
    }

    private CodePoints characterClass() {
        position++;
        boolean negated = accept('^');
        CodePoints members = CodePoints.NONE;
        while (!source.startsWith("]", position)) {
            CodePoints first = classMember();
            if (source.startsWith("-", position) && !source.startsWith("-]", position)) {
                position++;
                CodePoints last = classMember();
                members = members.union(range(first, last));
            } else {
                members = members.union(first);
            }
        }
        position++;
        return negated ? members.complement() : members;
    }

    private CodePoints range(CodePoints first, CodePoints last) {
        if (!isSingle(first) || !isSingle(last)) {
            throw fault("a range needs a character at either end");
        }
        int from = first.ranges().get(0).first();
        int to = last.ranges().get(0).first();
        if (from > to) {
            throw fault("the ends of a range are in the wrong order");
        }
        return CodePoints.range(from, to);
    }

    private static boolean isSingle(CodePoints set) {
        return set.ranges().size() == 1
                && set.ranges().get(0).first() == set.ranges().get(0).last();
    }

    private CodePoints classMember() {
        if (position >= source.length()) {
            throw fault("a character class is not closed");
        }
        if (source.charAt(position) == '\\') {
            return escape(true);
        }
        int codePoint = source.codePointAt(position);
        position += Character.charCount(codePoint);
        return character(codePoint);
    }

    private CodePoints escape(boolean inClass) {
        position++;
        if (position >= source.length()) {
            throw fault("the expression ends in a backslash");
        }
        char c = source.charAt(position++);
        return switch (c) {
            case 'd' -> CharacterClasses.DIGIT;
            case 'D' -> CharacterClasses.DIGIT.complement();
            case 'w' -> CharacterClasses.WORD;
            case 'W' -> CharacterClasses.WORD.complement();
            case 's' -> CharacterClasses.SPACE;
            case 'S' -> CharacterClasses.SPACE.complement();
            case 'n' -> CodePoints.of('\n');
            case 'r' -> CodePoints.of('\r');
            case 't' -> CodePoints.of('\t');
            case 'f' -> CodePoints.of('\f');
            case 'v' -> CodePoints.of(0x0B);
            case '0' -> CodePoints.of(0);
            case 'p', 'P' -> property(c == 'P');
            case 'u' -> unicode();
            case 'x' -> character(hexadecimal(2));
            case 'c' -> control();
            case 'b' -> {
                if (!inClass) {
                    throw fault("word boundaries are not supported");
                }
                yield CodePoints.of('\b');
            }
            default -> {
                if (Character.isLetterOrDigit(c)) {
                    throw fault("the escape \\" + c + " is not supported");
                }
                yield character(c);
            }
        };
    }

    private CodePoints control() {
        char letter = position < source.length() ? source.charAt(position++) : 0;
        if (!((letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z'))) {
            throw fault("\\c needs a letter");
        }
        return CodePoints.of(letter % 32);
    }

    private CodePoints property(boolean negated) {
        int end = source.indexOf('}', position);
        if (!source.startsWith("{", position) || end < 0) {
            throw fault("\\p needs a name in braces");
        }
        String name = source.substring(position + 1, end);
        position = end + 1;
        CodePoints set = CharacterClasses.property(name)
                .orElseThrow(() -> fault("the Unicode property " + name + " is not supported"));
        return negated ? set.complement() : set;
    }

    private CodePoints unicode() {
        if (accept('{')) {
            int end = source.indexOf('}', position);
            if (end < 0 || end - position > 6) {
                throw fault("\\u{ needs up to six digits and }");
            }
            int codePoint = hexadecimal(end - position);
            position++;
            return character(codePoint);
        }
        int unit = hexadecimal(4);
        if (Character.isHighSurrogate((char) unit) && source.startsWith("\\u", position)) {
            position += 2;
            int low = hexadecimal(4);
            if (Character.isLowSurrogate((char) low)) {
                return CodePoints.of(Character.toCodePoint((char) unit, (char) low));
            }
            throw fault("a lone surrogate is not a character");
        }
        return character(unit);
    }

    private int hexadecimal(int digits) {
        int end = position + digits;
        int value = 0;
        for (; position < end; position++) {
            int digit = position < source.length() ? Character.digit(source.charAt(position), 16) : -1;
            if (digit < 0) {
                throw fault("a hexadecimal digit is missing");
            }
            value = value * 16 + digit;
        }
        if (digits == 0 || value > Character.MAX_CODE_POINT) {
            throw fault(String.format(Locale.ROOT, "%X is not a character", value));
        }
        return value;
    }

    private boolean accept(char c) {
        if (position < source.length() && source.charAt(position) == c) {
            position++;
            return true;
        }
        return false;
    }

    private GrammarException fault(String message) {
        return new GrammarException(
                "regex", Integer.toString(position), message + " (at character " + position + " of the expression)");
    }
}
