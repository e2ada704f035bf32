package io.vitrine.model.hub;

import java.io.IOException;

import io.vitrine.model.hub.HttpFetcher.Answer;

/** Turns an answer that is not the file into words, and tells those that may pass from those that will not. */
final class HttpRefusal {

    private static final int MAXIMUM_MESSAGE_CHARACTERS = 200;

    private HttpRefusal() {}

    /**
     * The failure to report.
     *
     * @return for the caller to throw, if asking again may help
     * @throws ModelSourceException if it will not
     */
    static IOException of(Answer answer) throws ModelSourceException {
        String words = describe(answer);
        return switch (answer.status()) {
            case 206, 408, 416, 425, 429, 500, 502, 503, 504 -> new IOException(words);
            default -> throw new ModelSourceException(words);
        };
    }

    static String describe(Answer answer) {
        String why =
                switch (answer.status()) {
                    case 206, 416 -> ": another version of the file, or another part of it than was asked for";
                    case 401, 403 ->
                        ": there is no such repository, or it is private or gated; if it is yours to read, set HF_TOKEN";
                    case 404 -> ": there is no such repository or file";
                    case 429 -> ": too many requests; wait a while, or set HF_TOKEN";
                    default -> "";
                };
        return answer.address().getHost() + " answers " + answer.status() + why + ownWords(answer);
    }

    private static String ownWords(Answer answer) {
        return answer.header("X-Error-Message")
                .map(text -> text.replaceAll("\\p{Cntrl}", " "))
                .map(text -> text.substring(0, Math.min(text.length(), MAXIMUM_MESSAGE_CHARACTERS)))
                .map(text -> " (\"" + text + "\")")
                .orElse("");
    }
}
