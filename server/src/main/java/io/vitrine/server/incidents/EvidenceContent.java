package io.vitrine.server.incidents;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * What a source of evidence has collected.
 *
 * @param note what it lacks and why; empty if it is complete
 */
record EvidenceContent(byte[] bytes, String note) {

    EvidenceContent {
        bytes = bytes.clone();
    }

    @Override
    public byte[] bytes() {
        return bytes.clone();
    }

    /** Nothing, and why. */
    static EvidenceContent missing(String why) {
        return new EvidenceContent(new byte[0], why);
    }

    /** A text, cut at a line's end where it is longer than may be. */
    static EvidenceContent text(String text, int maxBytes) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        if (bytes.length <= maxBytes) {
            return new EvidenceContent(bytes, "");
        }
        int end = maxBytes;
        while (end > 0 && bytes[end - 1] != '\n') {
            end--;
        }
        byte[] cut = Arrays.copyOf(bytes, end);
        return new EvidenceContent(cut, "the first " + end + " of " + bytes.length + " bytes (incidents.item-bytes)");
    }
}
