package io.vitrine.server.api;

import org.jspecify.annotations.Nullable;

/** The one shape of every error, as a body and as an event of a stream. */
public record ErrorBody(Detail error) {

    /**
     * What went wrong.
     *
     * @param type a class of errors
     * @param param the field that is wrong; null for none
     * @param code for programs
     */
    public record Detail(
            String message, String type, @Nullable String param, String code) {}
}
