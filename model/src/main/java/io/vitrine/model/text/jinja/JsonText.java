package io.vitrine.model.text.jinja;

import java.util.Iterator;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/** JSON as Python's {@code json.dumps(value, ensure_ascii=False)} writes it: a space after each comma and colon. */
final class JsonText {

    private static final int MAX_DEPTH = 100;

    private final StringBuilder json = new StringBuilder();
    private final int indent;

    private JsonText(int indent) {
        this.indent = indent;
    }

    /** The text of a value; {@code indent} spaces a level, or all in one line if it is negative. */
    static String of(@Nullable Object value, int indent) {
        JsonText text = new JsonText(indent);
        text.write(value, 0);
        return text.json.toString();
    }

    private void write(@Nullable Object value, int depth) {
        if (depth > MAX_DEPTH) {
            throw new JinjaException("JSON may be at most " + MAX_DEPTH + " levels deep");
        } else if (value == null || value instanceof None) {
            json.append("null");
        } else if (value instanceof Map<?, ?> map) {
            object(map, depth + 1);
        } else if (value instanceof List<?> list) {
            array(list, depth + 1);
        } else if (value instanceof CharSequence text) {
            string(text.toString());
        } else if (value instanceof Boolean || value instanceof Number) {
            json.append(value);
        } else {
            throw new JinjaException("cannot write " + PythonValues.typeName(value) + " as JSON");
        }
    }

    private void object(Map<?, ?> map, int depth) {
        json.append('{');
        for (Iterator<? extends Map.Entry<?, ?>> entries = map.entrySet().iterator(); entries.hasNext(); ) {
            Map.Entry<?, ?> entry = entries.next();
            newLine(depth);
            string(PythonValues.text(entry.getKey()));
            json.append(": ");
            write(entry.getValue(), depth);
            comma(entries.hasNext());
        }
        close(map.isEmpty(), depth, '}');
    }

    private void array(List<?> list, int depth) {
        json.append('[');
        for (Iterator<?> elements = list.iterator(); elements.hasNext(); ) {
            newLine(depth);
            write(elements.next(), depth);
            comma(elements.hasNext());
        }
        close(list.isEmpty(), depth, ']');
    }

    private void comma(boolean more) {
        if (more) {
            json.append(indent < 0 ? ", " : ",");
        }
    }

    private void newLine(int depth) {
        if (indent >= 0) {
            json.append('\n').append(" ".repeat(indent * depth));
        }
    }

    private void close(boolean empty, int depth, char bracket) {
        if (!empty) {
            newLine(depth - 1);
        }
        json.append(bracket);
    }

    private void string(String text) {
        json.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> json.append("\\\"");
                case '\\' -> json.append("\\\\");
                case '\n' -> json.append("\\n");
                case '\r' -> json.append("\\r");
                case '\t' -> json.append("\\t");
                case '\b' -> json.append("\\b");
                case '\f' -> json.append("\\f");
                default -> json.append(c < ' ' ? "\\u%04x".formatted((int) c) : c);
            }
        }
        json.append('"');
    }
}
