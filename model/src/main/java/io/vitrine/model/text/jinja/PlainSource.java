package io.vitrine.model.text.jinja;

import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Rewrites a template so that its whitespace control is already applied.
 *
 * <p>Jinja2, with {@code trim_blocks} and {@code lstrip_blocks} as chat templates expect, decides what happens to the whitespace
 * around a tag from the text alone. jinjava's flags of the same names decide otherwise (spaces before a tag go even in the
 * middle of a line, {@code +%}} is unknown), and one newline more or less makes another prompt. So the rules of
 * Jinja2's lexer are applied here; what comes out has neither comments nor {@code -} nor {@code +} marks, and jinjava runs
 * with its own flags off:
 *
 * <ul>
 *   <li>newlines become {@code \n}, and one at the end of the template is dropped;
 *   <li>{@code -} beside a delimiter takes away all whitespace on its side;
 *   <li>after a block or comment one newline is dropped, unless its end is marked with {@code +};
 *   <li>before a block or comment spaces and tabs are dropped if they begin the line, unless marked with {@code +};
 *   <li>the text between {@code raw} and {@code endraw} is put into a string literal.
 * </ul>
 */
final class PlainSource {

    /** Tags that mark what a model is trained on; to render, they are as if they were not there. */
    private static final Set<String> TRANSPARENT = Set.of("generation", "endgeneration");

    private static final Pattern END_OF_RAW = Pattern.compile("\\{%([-+]?)\\s*endraw\\s*([-+]?)%}");

    private final String source;
    private final UnaryOperator<String> literals;
    private final StringBuilder plain = new StringBuilder();
    private int position;
    private boolean atLineStart = true;

    private PlainSource(String source, UnaryOperator<String> literals) {
        this.source = source;
        this.literals = literals;
    }

    /**
     * The template without whitespace control.
     *
     * @param literals applied to the text outside tags and to what stands between the quotes of a string in one
     * @throws JinjaException if a tag, comment or string is not closed
     */
    static String of(String template, UnaryOperator<String> literals) {
        String source = template.replace("\r\n", "\n").replace('\r', '\n');
        String body = source.endsWith("\n") ? source.substring(0, source.length() - 1) : source;
        return new PlainSource(body, literals).rewrite();
    }

    private String rewrite() {
        int start = nextTag(position);
        while (start >= 0) {
            char kind = source.charAt(start + 1);
            text(source.substring(position, start), kind, mark(start + 2));
            position = start + 2;
            if (kind == '#') {
                skipComment();
            } else {
                tag(kind);
            }
            start = nextTag(position);
        }
        literal(source.substring(position));
        return plain.toString();
    }

    private int nextTag(int from) {
        for (int i = source.indexOf('{', from); i >= 0 && i + 1 < source.length(); i = source.indexOf('{', i + 1)) {
            if ("{%#".indexOf(source.charAt(i + 1)) >= 0) {
                return i;
            }
        }
        return -1;
    }

    /** The {@code -} or {@code +} at a place, or a space if there is none. */
    private char mark(int at) {
        char c = at < source.length() ? source.charAt(at) : ' ';
        return c == '-' || c == '+' ? c : ' ';
    }

    private void text(String text, char kind, char mark) {
        if (mark == '-') {
            literal(PythonStrings.stripEnd(text, PythonStrings::isSpace));
        } else if (kind != '{' && mark != '+') {
            literal(withoutIndent(text));
        } else {
            literal(text);
        }
    }

    private String withoutIndent(String text) {
        int lineStart = text.lastIndexOf('\n') + 1;
        boolean begins = lineStart > 0 || atLineStart;
        return begins && PythonStrings.strip(text.substring(lineStart)).isEmpty() ? text.substring(0, lineStart) : text;
    }

    /** Text, in a form that no scanner takes for a tag. */
    private void literal(String written) {
        String text = literals.apply(written);
        if (text.contains("{") || text.contains("}")) {
            plain.append("{{ ").append(quoted(text)).append(" }}");
        } else {
            plain.append(text);
        }
    }

    private static String quoted(String text) {
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + '"';
    }

    private void skipComment() {
        int end = source.indexOf("#}", position);
        if (end < 0) {
            throw new JinjaException("a comment that begins in line " + line() + " is not closed");
        }
        char mark = end > position ? mark(end - 1) : ' ';
        position = end;
        afterEnd(mark, true);
    }

    private void tag(char kind) {
        boolean block = kind == '%';
        if (mark(position) == '-' || (block && mark(position) == '+')) {
            position++;
        }
        int end = endOfTag(block ? '%' : '}');
        char mark = mark(end - 1);
        boolean marked = end > position && (mark == '-' || (block && mark == '+'));
        String content = source.substring(position, marked ? end - 1 : end).strip();
        position = end;
        afterEnd(marked ? mark : ' ', block);
        if (block && content.equals("raw")) {
            raw();
        } else {
            append(block, content);
        }
    }

    private void append(boolean block, String content) {
        if (block && TRANSPARENT.contains(content)) {
            return;
        }
        plain.append(block ? "{% " : "{{ ")
                .append(ExpressionText.scannable(content, literals))
                .append(block ? " %}" : " }}");
    }

    /** Where {@code %}} or {@code }}} stands that closes this tag: outside strings and brackets. */
    private int endOfTag(char closing) {
        int depth = 0;
        for (int i = position; i + 1 < source.length(); i++) {
            char c = source.charAt(i);
            if (depth == 0 && c == closing && source.charAt(i + 1) == '}') {
                return i;
            } else if (c == '\'' || c == '"') {
                i = ExpressionText.endOfString(source, i);
            } else if ("([{".indexOf(c) >= 0) {
                depth++;
                if (depth > JinjaTemplate.MAX_DEPTH) {
                    throw new JinjaException("brackets may be at most " + JinjaTemplate.MAX_DEPTH + " deep");
                }
            } else if (")]}".indexOf(c) >= 0) {
                depth--;
            }
        }
        throw new JinjaException("a tag that begins in line " + line() + " is not closed");
    }

    /** Goes past the delimiter and the whitespace that it takes with it. */
    private void afterEnd(char mark, boolean trimsNewline) {
        int end = position + 2;
        if (mark == '-') {
            while (end < source.length() && PythonStrings.isSpace(source.charAt(end))) {
                end++;
            }
        } else if (trimsNewline && mark != '+' && source.startsWith("\n", end)) {
            end++;
        }
        atLineStart = source.charAt(end - 1) == '\n';
        position = end;
    }

    private void raw() {
        Matcher end = END_OF_RAW.matcher(source);
        if (!end.find(position)) {
            throw new JinjaException("a raw block that begins in line " + line() + " is not closed");
        }
        String text = source.substring(position, end.start());
        char mark = end.group(1).isEmpty() ? ' ' : end.group(1).charAt(0);
        text(text, '%', mark);
        position = end.end() - 2;
        afterEnd(end.group(2).isEmpty() ? ' ' : end.group(2).charAt(0), true);
    }

    private long line() {
        return 1
                + source.substring(0, Math.min(position, source.length()))
                        .chars()
                        .filter(c -> c == '\n')
                        .count();
    }
}
