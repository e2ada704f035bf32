package io.vitrine.grammar.tools;

import java.util.Set;

import io.vitrine.grammar.schema.Notation;

/** Turns the arguments of one call, as the model writes them, into a JSON object; one character at a time. */
abstract class ArgumentsWriter {

    private static final String HEX = "0123456789abcdef";

    /** JSON that was not taken yet. */
    final StringBuilder json = new StringBuilder();

    /** @param texts parameters that are written raw */
    static ArgumentsWriter of(Notation notation, Set<String> texts) {
        return switch (notation) {
            case JSON -> new Json();
            case KEYWORDS -> new Keywords();
            case PARAMETERS -> new Parameters(texts);
        };
    }

    /** Takes the next character; true if it ends the arguments. */
    abstract boolean accept(char c);

    /** Up to where {@link #json} can be cut. */
    abstract int safe();

    /** Takes the JSON that is complete up to a character and escape. */
    String take() {
        int end = safe();
        if (end > 0 && Character.isHighSurrogate(json.charAt(end - 1))) {
            end--;
        }
        return take(end);
    }

    /** Takes what is left of arguments that were cut off. */
    String takeAll() {
        return take(json.length());
    }

    String take(int end) {
        String text = json.substring(0, end);
        json.delete(0, end);
        return text;
    }

    final void quoted(String text) {
        json.append('"');
        text.chars().forEach(c -> escaped((char) c));
        json.append('"');
    }

    final void escaped(char c) {
        int shortEscape = "\"\\\b\f\n\r\t".indexOf(c);
        if (shortEscape >= 0) {
            json.append('\\').append("\"\\bfnrt".charAt(shortEscape));
        } else if (c < ' ') {
            json.append("\\u00").append(HEX.charAt(c >> 4)).append(HEX.charAt(c & 0xF));
        } else {
            json.append(c);
        }
    }

    /** Arguments that are JSON already. */
    private static final class Json extends ArgumentsWriter {

        private final JsonEscapes escapes = new JsonEscapes();
        private int taken;
        private int depth;

        @Override
        boolean accept(char c) {
            boolean inString = escapes.inString();
            escapes.accept(c, taken + json.length());
            json.append(c);
            if (!inString) {
                depth += "{[".indexOf(c) >= 0 ? 1 : "}]".indexOf(c) >= 0 ? -1 : 0;
            }
            return depth == 0;
        }

        @Override
        int safe() {
            return escapes.safe(taken + json.length()) - taken;
        }

        @Override
        String take(int end) {
            taken += end;
            return super.take(end);
        }
    }

    /** Keyword arguments of Python, whose strings are those of JSON. */
    private static final class Keywords extends ArgumentsWriter {

        private final StringBuilder word = new StringBuilder();
        private JsonEscapes escapes = new JsonEscapes();
        private boolean key = true;
        private int taken;
        private int depth;

        @Override
        boolean accept(char c) {
            if (escapes.inString()) {
                copy(c);
                return false;
            }
            if (key && depth == 1) {
                return key(c);
            }
            if (Character.isLetter(c)) {
                word.append(c);
                return false;
            }
            endWord();
            return value(c);
        }

        private boolean key(char c) {
            if (c == '=') {
                quoted(word.toString());
                json.append(": ");
                word.setLength(0);
                key = false;
            } else if (c == ')') {
                json.append('}');
                return true;
            } else if (!Character.isWhitespace(c)) {
                word.append(c);
            }
            return false;
        }

        private boolean value(char c) {
            if (depth == 0 || (depth == 1 && c == ')')) {
                json.append(depth == 0 ? '{' : '}');
                depth = 1;
                return c == ')';
            }
            if (depth == 1 && c == ',') {
                json.append(", ");
                key = true;
                return false;
            }
            depth += "{[".indexOf(c) >= 0 ? 1 : "}]".indexOf(c) >= 0 ? -1 : 0;
            copy(c);
            return false;
        }

        private void endWord() {
            if (!word.isEmpty()) {
                String name = word.toString();
                json.append(
                        switch (name) {
                            case "True" -> "true";
                            case "False" -> "false";
                            case "None" -> "null";
                            default -> name;
                        });
                word.setLength(0);
            }
        }

        private void copy(char c) {
            escapes.accept(c, taken + json.length());
            json.append(c);
        }

        @Override
        int safe() {
            return escapes.safe(taken + json.length()) - taken;
        }

        @Override
        String take(int end) {
            taken += end;
            return super.take(end);
        }
    }

    /** One element a parameter. */
    private static final class Parameters extends ArgumentsWriter {

        private static final String OPEN = "<parameter=";
        private static final String CLOSE = "\n</parameter>";
        private static final String END = "</function>";

        private final Set<String> texts;
        private final StringBuilder tag = new StringBuilder();
        private final StringBuilder held = new StringBuilder();
        private JsonEscapes escapes = new JsonEscapes();
        private State state = State.BETWEEN;
        private boolean raw;
        private boolean some;
        private int taken;

        private enum State {
            BETWEEN,
            NAME,
            LINE_BREAK,
            VALUE
        }

        Parameters(Set<String> texts) {
            this.texts = texts;
            json.append('{');
        }

        @Override
        boolean accept(char c) {
            switch (state) {
                case BETWEEN -> {
                    return between(c);
                }
                case NAME -> name(c);
                case LINE_BREAK -> state = State.VALUE;
                case VALUE -> value(c);
            }
            return false;
        }

        private boolean between(char c) {
            if (tag.isEmpty() && Character.isWhitespace(c)) {
                return false;
            }
            tag.append(c);
            if (tag.length() == OPEN.length() && tag.toString().equals(OPEN)) {
                tag.setLength(0);
                state = State.NAME;
            }
            if (tag.toString().equals(END)) {
                json.append('}');
                return true;
            }
            return false;
        }

        private void name(char c) {
            if (c != '>') {
                tag.append(c);
                return;
            }
            String name = tag.toString();
            tag.setLength(0);
            json.append(some ? ", " : "");
            some = true;
            quoted(name);
            json.append(": ");
            raw = texts.contains(name);
            json.append(raw ? "\"" : "");
            escapes = new JsonEscapes();
            state = State.LINE_BREAK;
        }

        private void value(char c) {
            held.append(c);
            if (held.toString().equals(CLOSE)) {
                held.setLength(0);
                json.append(raw ? "\"" : "");
                state = State.BETWEEN;
                return;
            }
            // The tag begins with a line break and has no other: only the last one can begin it.
            while (!held.isEmpty() && !CLOSE.startsWith(held.toString())) {
                write(held.charAt(0));
                held.deleteCharAt(0);
            }
        }

        private void write(char c) {
            if (raw) {
                escaped(c);
            } else {
                escapes.accept(c, taken + json.length());
                json.append(c);
            }
        }

        @Override
        int safe() {
            return raw ? json.length() : escapes.safe(taken + json.length()) - taken;
        }

        @Override
        String takeAll() {
            held.chars().forEach(c -> write((char) c));
            held.setLength(0);
            return super.takeAll();
        }

        @Override
        String take(int end) {
            taken += end;
            return super.take(end);
        }
    }
}
