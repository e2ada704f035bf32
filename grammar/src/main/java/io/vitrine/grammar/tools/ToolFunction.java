package io.vitrine.grammar.tools;

/**
 * A function that the model may call.
 *
 * @param name letters, digits, {@code _} and {@code -}, at most {@value #MAX_NAME_LENGTH}
 * @param parameters JSON Schema of an object
 * @param pointer JSON pointer of the schema in the request, for errors
 * @param strict whether arguments satisfy every keyword of the schema; otherwise those that are supported
 */
public record ToolFunction(String name, String parameters, String pointer, boolean strict) {

    public static final int MAX_NAME_LENGTH = 64;

    public ToolFunction {
        if (!isName(name)) {
            throw new IllegalArgumentException("the name of a function must have 1 to " + MAX_NAME_LENGTH
                    + " characters, all of them letters, digits, _ or -: " + name);
        }
    }

    public static boolean isName(String name) {
        return !name.isEmpty()
                && name.length() <= MAX_NAME_LENGTH
                && name.chars().allMatch(ToolFunction::isNameCharacter);
    }

    static boolean isNameCharacter(int c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
    }
}
