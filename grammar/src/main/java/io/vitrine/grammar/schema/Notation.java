package io.vitrine.grammar.schema;

/** How the arguments of a function are written. */
public enum Notation {
    /** A JSON object. */
    JSON,
    /** Keyword arguments of Python in parentheses: {@code (city="Bonn", days=3)}. */
    KEYWORDS,
    /**
     * An element a parameter, closed by that of the function: {@code
     * <parameter=city>\nBonn\n</parameter>\n</function>}.
     * A parameter that {@link ArgumentsReader#textParameters} names holds raw text, every other one JSON.
     */
    PARAMETERS
}
