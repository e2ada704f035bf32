package io.vitrine.grammar.tools;

import java.util.ArrayList;
import java.util.List;

/**
 * What an answer consists of: reasoning, then text or calls of functions, or text and then calls.
 *
 * @param format how calls are written
 * @param functions that may be called; empty if none may
 * @param calls whether there are any
 * @param maxCalls of one answer
 * @param reasoning whether the answer begins with it
 * @param document whether the text is a document that another grammar describes: then calls stand alone
 */
public record AnswerForm(
        ToolFormat format,
        List<ToolFunction> functions,
        Calls calls,
        int maxCalls,
        Reasoning reasoning,
        boolean document) {

    /** Most calls of one answer: a model that repeats itself must come to an end. */
    public static final int MAX_CALLS = 128;

    public static final String OPEN_REASONING = "<think>";
    public static final String CLOSE_REASONING = "</think>";

    /** Whether an answer has calls. */
    public enum Calls {
        NONE,
        POSSIBLE,
        REQUIRED
    }

    /** Whether an answer begins with reasoning between {@code <think>} and {@code </think>}. */
    public enum Reasoning {
        /** Such tags are text like any other. */
        NONE,
        POSSIBLE,
        /** The prompt ends within it, so that the answer has the closing tag only. */
        OPENED
    }

    public AnswerForm {
        functions = List.copyOf(functions);
        if (maxCalls < 1 || maxCalls > MAX_CALLS) {
            throw new IllegalArgumentException("maxCalls must be between 1 and " + MAX_CALLS + ": " + maxCalls);
        }
        if (calls == Calls.REQUIRED && functions.isEmpty()) {
            throw new IllegalArgumentException("calls of no function cannot be required");
        }
    }

    /** An answer without calls. */
    public static AnswerForm text(Reasoning reasoning) {
        return new AnswerForm(ToolFormat.HERMES, List.of(), Calls.NONE, 1, reasoning, false);
    }

    /** Whether the answer is more than text. */
    public boolean hasParts() {
        return reasoning != Reasoning.NONE || !functions.isEmpty();
    }

    /** Texts that may be special tokens of a vocabulary: to be read and written like other text. */
    public List<String> markers() {
        List<String> markers = new ArrayList<>();
        if (!functions.isEmpty()) {
            markers.addAll(format.markers());
        }
        if (reasoning != Reasoning.NONE) {
            markers.addAll(List.of(OPEN_REASONING, CLOSE_REASONING));
        }
        return markers;
    }

    /** Texts that begin calls wherever they stand in a text; none where calls are not possible. */
    List<String> triggers() {
        String trigger = format.trigger();
        return functions.isEmpty() || document || trigger.isEmpty() ? List.of() : List.of(trigger);
    }

    /** Texts that begin calls at the start of the answer, white space aside. */
    List<String> startTriggers() {
        if (functions.isEmpty()) {
            return List.of();
        }
        if (document) {
            return format.trigger().isEmpty() ? List.of() : List.of(format.trigger());
        }
        return format.startTriggers(functions);
    }
}
