package io.vitrine.grammar;

/** A constraint that cannot be compiled: malformed, unsupported, or one that no text satisfies. */
public final class GrammarException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String keyword;
    private final String pointer;

    /**
     * @param keyword the keyword of the schema, or the kind of constraint ({@code regex}, {@code grammar}, {@code
     *     choice}, {@code limit})
     * @param pointer JSON pointer to the subschema (empty for the root); otherwise the position in the source
     */
    public GrammarException(String keyword, String pointer, String message) {
        super(message);
        this.keyword = keyword;
        this.pointer = pointer;
    }

    /** The rejected keyword, for a counter label after a check against known keywords. */
    public String keyword() {
        return keyword;
    }

    /** Where: a JSON pointer into the schema, or a position in the source. */
    public String pointer() {
        return pointer;
    }
}
