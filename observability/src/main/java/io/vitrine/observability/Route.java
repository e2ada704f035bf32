package io.vitrine.observability;

import java.util.Optional;

/** The API's routes, for labels: a path that a client made up is {@link #UNMATCHED}. */
public enum Route {
    CHAT_COMPLETIONS("/v1/chat/completions", "chat"),
    COMPLETIONS("/v1/completions", "text_completion"),
    TOKENIZE("/tokenize", ""),
    DETOKENIZE("/detokenize", ""),
    FEEDBACK("/v1/feedback", ""),
    MODELS("/v1/models", ""),
    MODEL("/v1/models/{id}", ""),
    HEALTH("/health", ""),
    /** No route has the path. */
    UNMATCHED("unmatched", "");

    private final String template;
    private final String operation;

    Route(String template, String operation) {
        this.template = template;
        this.operation = operation;
    }

    /** The path with names in place of parameters. */
    public String template() {
        return template;
    }

    /** {@code gen_ai.operation.name} of OpenTelemetry's conventions; absent for a route that generates nothing. */
    public Optional<String> operation() {
        return operation.isEmpty() ? Optional.empty() : Optional.of(operation);
    }
}
