package io.vitrine.server.api;

import java.util.List;
import java.util.Set;

import io.vitrine.grammar.tools.AnswerForm.Calls;
import io.vitrine.grammar.tools.ToolFunction;

/**
 * Functions that the model may call, and whether it shall.
 *
 * @param definitions all of them as the chat template sees them
 * @param functions all of them
 * @param callable names of those that may be called
 * @param parallel whether an answer may have several calls
 */
public record ToolRequest(
        List<Object> definitions, List<ToolFunction> functions, Set<String> callable, Calls calls, boolean parallel) {

    public ToolRequest {
        definitions = List.copyOf(definitions);
        functions = List.copyOf(functions);
        callable = Set.copyOf(callable);
    }

    /** The functions that may be called. */
    public List<ToolFunction> callableFunctions() {
        return functions.stream()
                .filter(function -> callable.contains(function.name()))
                .toList();
    }
}
