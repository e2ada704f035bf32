package io.vitrine.server.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/** The one shape of every error, as a body and as an event of a stream. */
public record ErrorBody(Detail error) {

    /**
     * What went wrong.
     *
     * @param type a class of errors
     * @param param the field that is wrong; null for none
     * @param code for programs
     * @param nPromptTokens of a prompt that is too long, as llama.cpp names it; absent for every other error
     * @param nCtx the context that it is too long for
     */
    public record Detail(
            String message,
            String type,
            @Nullable String param,
            String code,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            Long nPromptTokens,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            Long nCtx) {}
}
