package io.vitrine.model.text;

import java.util.List;
import java.util.Optional;

/**
 * A conversation as one prompt: its text, and where in it the control tokens stand that the chat template wrote. The spelling of a
 * control token anywhere else came with a message, and is text.
 *
 * @param markers in order of the text and apart from each other; empty if control tokens are read wherever they are spelled
 */
public record ChatPrompt(String text, Optional<List<Marker>> markers) {

    /** Where a control token is spelled in the text, in UTF-16 units. */
    public record Marker(int start, int end) {}

    public ChatPrompt {
        markers = markers.map(List::copyOf);
        int from = 0;
        for (Marker marker : markers.orElse(List.of())) {
            if (marker.start() < from || marker.end() <= marker.start() || marker.end() > text.length()) {
                throw new IllegalArgumentException("markers must be in order and within the text: " + marker);
            }
            from = marker.end();
        }
    }

    /**
     * The prompt up to the last place of a message's text, which a template may have stripped; empty if it has none.
     *
     * @param content not blank
     */
    public Optional<ChatPrompt> endingWith(String content) {
        String stripped = content.strip();
        int start = text.lastIndexOf(stripped);
        if (start < 0) {
            return Optional.empty();
        }
        int end = text.startsWith(content.stripLeading(), start)
                ? start + content.stripLeading().length()
                : start + stripped.length();
        return Optional.of(new ChatPrompt(text.substring(0, end), markers.map(all -> all.stream()
                .filter(marker -> marker.end() <= end)
                .toList())));
    }

    /** A prompt whose control tokens are those at the markers. */
    public static ChatPrompt of(String text, List<Marker> markers) {
        return new ChatPrompt(text, Optional.of(markers));
    }

    /** A prompt whose control tokens are read wherever they are spelled, in messages too. */
    public static ChatPrompt unmarked(String text) {
        return new ChatPrompt(text, Optional.empty());
    }
}
