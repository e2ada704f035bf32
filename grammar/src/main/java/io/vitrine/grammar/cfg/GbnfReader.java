package io.vitrine.grammar.cfg;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.vitrine.grammar.GrammarException;
import io.vitrine.grammar.GrammarLimits;
import io.vitrine.grammar.automaton.Language;
import io.vitrine.grammar.automaton.Languages;
import io.vitrine.grammar.regex.CodePoints;
import io.vitrine.grammar.regex.Utf8;

/**
 * Reads llama.cpp's grammar notation (GBNF). Left recursion is permitted; token references ({@code <[1000]>}) are
 * refused.
 */
public final class GbnfReader {

    private static final String ROOT = "root";

    private final String source;
    private final Languages languages;
    private final GrammarLimits limits;
    private final Utf8 utf8;
    private final Map<String, Rule> rules = new LinkedHashMap<>();
    private final Map<Rule, Integer> firstUse = new LinkedHashMap<>();
    private final Map<Rule, Expression> definitions = new LinkedHashMap<>();
    private int position;
    private int depth;

    private GbnfReader(String source, Languages languages, GrammarLimits limits) {
        this.source = source;
        this.languages = languages;
        this.limits = limits;
        this.utf8 = new Utf8(languages);
    }

    /**
     * The rule {@code root} of the grammar.
     *
     * @throws GrammarException with keyword {@code grammar} and the offset of the fault as its pointer
     */
    public static Rule read(String source, Languages languages, GrammarLimits limits) {
        return new GbnfReader(source, languages, limits).read();
    }

    private Rule read() {
        skipSpace(true);
        while (position < source.length()) {
            definition();
        }
        firstUse.forEach((rule, at) -> {
            if (!definitions.containsKey(rule)) {
                position = at;
                throw fault("the rule " + rule.name() + " is not defined");
            }
        });
        Rule root = rules.get(ROOT);
        if (root == null || !definitions.containsKey(root)) {
            throw fault("the grammar has no rule root");
        }
        new RegularParts(languages, definitions, limits.depth()).fold();
        return root;
    }

    private void definition() {
        Rule rule = rule(name());
        skipSpace(false);
        if (!source.startsWith("::=", position)) {
            throw fault("::= is missing");
        }
        position += 3;
        skipSpace(true);
        if (definitions.containsKey(rule)) {
            throw fault("the rule " + rule.name() + " is defined twice");
        }
        definitions.put(rule, alternatives(false));
        if (position < source.length() && !isNewline(source.charAt(position))) {
            throw fault("a rule must end with its line");
        }
        skipSpace(true);
    }

    private Expression alternatives(boolean nested) {
        List<Expression> alternatives = new ArrayList<>();
        alternatives.add(sequence(nested));
        while (source.startsWith("|", position)) {
            position++;
            skipSpace(true);
            alternatives.add(sequence(nested));
        }
        return alternatives.size() == 1 ? alternatives.get(0) : new Expression.Choice(alternatives);
    }

    private Expression sequence(boolean nested) {
        List<Expression> parts = new ArrayList<>();
        while (position < source.length()) {
            char c = source.charAt(position);
            if (c == '"') {
                parts.add(literal());
            } else if (c == '[') {
                parts.add(new Expression.Lexeme(utf8.encode(characterClass())));
            } else if (c == '.') {
                position++;
                parts.add(new Expression.Lexeme(utf8.encode(CodePoints.ALL)));
            } else if (c == '(') {
                parts.add(group());
            } else if (isNameCharacter(c)) {
                int start = position;
                Rule rule = rule(name());
                firstUse.putIfAbsent(rule, start);
                parts.add(new Expression.Call(rule));
            } else if ("*+?{".indexOf(c) >= 0) {
                if (parts.isEmpty()) {
                    throw fault("nothing to repeat");
                }
                parts.add(repeated(parts.remove(parts.size() - 1)));
            } else if (c == '<' || c == '!') {
                throw fault("token references are not supported");
            } else {
                break;
            }
            skipSpace(nested);
        }
        return parts.size() == 1 ? parts.get(0) : new Expression.Sequence(parts);
    }

    private Expression group() {
        position++;
        if (++depth > limits.depth()) {
            throw fault("groups may be nested " + limits.depth() + " deep");
        }
        skipSpace(true);
        Expression inner = alternatives(true);
        depth--;
        if (!source.startsWith(")", position)) {
            throw fault("a group is not closed");
        }
        position++;
        return inner;
    }

    private Expression repeated(Expression body) {
        return switch (source.charAt(position++)) {
            case '*' -> new Expression.Repetition(body, 0, Languages.UNBOUNDED);
            case '+' -> new Expression.Repetition(body, 1, Languages.UNBOUNDED);
            case '?' -> new Expression.Repetition(body, 0, 1);
            default -> counted(body);
        };
    }

    private Expression counted(Expression body) {
        skipSpace(false);
        int min = source.startsWith(",", position) ? 0 : number();
        int max = min;
        skipSpace(false);
        if (source.startsWith(",", position)) {
            position++;
            skipSpace(false);
            max = source.startsWith("}", position) ? Languages.UNBOUNDED : number();
            skipSpace(false);
        }
        if (!source.startsWith("}", position) || max < min) {
            throw fault("a repetition must read {n}, {n,} or {n,m}");
        }
        position++;
        return new Expression.Repetition(body, min, max);
    }

    private int number() {
        int start = position;
        while (position < source.length() && source.charAt(position) >= '0' && source.charAt(position) <= '9') {
            position++;
        }
        if (start == position || position - start > 9) {
            throw fault("a repetition must read {n}, {n,} or {n,m}");
        }
        int value = Integer.parseInt(source.substring(start, position));
        if (value > limits.repetitions()) {
            throw fault("a repetition may be up to " + limits.repetitions());
        }
        return value;
    }

    private Expression literal() {
        position++;
        List<Language> characters = new ArrayList<>();
        while (!source.startsWith("\"", position)) {
            characters.add(utf8.encode(CodePoints.of(character())));
        }
        position++;
        return new Expression.Lexeme(languages.concatenation(characters.toArray(Language[]::new)));
    }

    private CodePoints characterClass() {
        position++;
        boolean negated = source.startsWith("^", position);
        position += negated ? 1 : 0;
        CodePoints members = CodePoints.NONE;
        while (!source.startsWith("]", position)) {
            int first = character();
            int last = first;
            if (source.startsWith("-", position) && !source.startsWith("-]", position)) {
                position++;
                last = character();
            }
            if (last < first) {
                throw fault("the ends of a range are in the wrong order");
            }
            members = members.union(CodePoints.range(first, last));
        }
        position++;
        return negated ? members.complement() : members;
    }

    private int character() {
        if (position >= source.length()) {
            throw fault("a literal or character class is not closed");
        }
        int c = source.codePointAt(position);
        position += Character.charCount(c);
        if (c != '\\') {
            return c;
        }
        if (position >= source.length()) {
            throw fault("the grammar ends in a backslash");
        }
        char escaped = source.charAt(position++);
        return switch (escaped) {
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case '\\', '"', '[', ']', '-', '^' -> escaped;
            case 'x' -> hexadecimal(2);
            case 'u' -> hexadecimal(4);
            case 'U' -> hexadecimal(8);
            default -> throw fault("the escape \\" + escaped + " is not supported");
        };
    }

    private int hexadecimal(int digits) {
        long value = 0;
        for (int i = 0; i < digits; i++, position++) {
            int digit = position < source.length() ? Character.digit(source.charAt(position), 16) : -1;
            if (digit < 0) {
                throw fault("a hexadecimal digit is missing");
            }
            value = value * 16 + digit;
        }
        if (value > Character.MAX_CODE_POINT) {
            throw fault("an escape is not a character");
        }
        return (int) value;
    }

    private Rule rule(String name) {
        return rules.computeIfAbsent(name, Rule::new);
    }

    private String name() {
        int start = position;
        while (position < source.length() && isNameCharacter(source.charAt(position))) {
            position++;
        }
        if (start == position) {
            throw fault("a rule name is missing");
        }
        return source.substring(start, position);
    }

    private void skipSpace(boolean newlines) {
        while (position < source.length()) {
            char c = source.charAt(position);
            if (c == '#') {
                while (position < source.length() && !isNewline(source.charAt(position))) {
                    position++;
                }
            } else if (c == ' ' || c == '\t' || (newlines && isNewline(c))) {
                position++;
            } else {
                return;
            }
        }
    }

    private static boolean isNameCharacter(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
    }

    private static boolean isNewline(char c) {
        return c == '\n' || c == '\r';
    }

    private GrammarException fault(String message) {
        return new GrammarException(
                "grammar", Integer.toString(position), message + " (at character " + position + " of the grammar)");
    }
}
