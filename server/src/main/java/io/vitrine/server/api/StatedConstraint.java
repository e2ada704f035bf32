package io.vitrine.server.api;

import java.util.List;

/**
 * What every answer to a request must satisfy, as the request states it; not examined yet.
 *
 * @param field that states it, as the client spells it: where errors point
 * @param sources the texts of a {@link Kind#CHOICE}; else one: a schema as JSON text, an expression, a grammar
 * @param anyWhiteSpace whether JSON may have optional white space between its tokens
 */
public record StatedConstraint(String field, Kind kind, List<String> sources, boolean anyWhiteSpace) {

    /** In which language it is stated. */
    public enum Kind {
        /** A JSON Schema. */
        SCHEMA,
        /** A regular expression that matches the whole answer. */
        REGEX,
        /** One of several texts. */
        CHOICE,
        /** A grammar in llama.cpp's notation. */
        GRAMMAR
    }

    public StatedConstraint {
        sources = List.copyOf(sources);
    }

    /** The one source. */
    public String source() {
        return sources.get(0);
    }
}
