package io.vitrine.observability;

/**
 * Calls of tools in answers, by what became of them.
 *
 * @param completed with complete arguments
 * @param cutOff begun, in an answer that ended before their arguments did
 * @param malformed answers that are no calls of the model's form: a fault, since constraints exclude them
 */
public record ToolCalls(int completed, int cutOff, int malformed) {

    public static final ToolCalls NONE = new ToolCalls(0, 0, 0);

    /** Both together. */
    public ToolCalls and(ToolCalls others) {
        return new ToolCalls(completed + others.completed, cutOff + others.cutOff, malformed + others.malformed);
    }
}
