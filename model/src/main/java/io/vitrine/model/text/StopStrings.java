package io.vitrine.model.text;

import java.util.List;

/**
 * The texts that end an answer when they appear in it; made once for a request, immutable.
 *
 * @param texts at most {@value #MAX_COUNT}, none empty, together at most {@value #MAX_TOTAL_CHARS} characters
 */
public record StopStrings(List<String> texts) {

    public static final int MAX_COUNT = 32;
    public static final int MAX_TOTAL_CHARS = 8192;
    public static final StopStrings NONE = new StopStrings(List.of());

    public StopStrings {
        texts = List.copyOf(texts);
        if (texts.size() > MAX_COUNT) {
            throw new IllegalArgumentException("there may be at most " + MAX_COUNT + " stop strings: " + texts.size());
        }
        int total = texts.stream().mapToInt(String::length).sum();
        if (total > MAX_TOTAL_CHARS) {
            throw new IllegalArgumentException(
                    "stop strings may have at most " + MAX_TOTAL_CHARS + " characters together: " + total);
        }
        for (String text : texts) {
            if (text.isEmpty()) {
                throw new IllegalArgumentException("a stop string must not be empty");
            }
            if (text.codePoints().anyMatch(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE)) {
                throw new IllegalArgumentException("a stop string must not contain half a surrogate pair");
            }
        }
    }

    /** A matcher for one answer. */
    public StopMatcher matcher() {
        return new StopMatcher(texts);
    }
}
