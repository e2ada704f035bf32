package io.vitrine.server.incidents;

import java.io.ByteArrayOutputStream;

import io.vitrine.server.api.ApiJson;

/** Objects as lines of JSON, up to a number of bytes; what comes after is counted. */
final class JsonLines {

    private final int maxBytes;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private int written;
    private int dropped;

    JsonLines(int maxBytes) {
        this.maxBytes = maxBytes;
    }

    void add(Object line) {
        byte[] json = ApiJson.write(line);
        if (dropped > 0 || bytes.size() + json.length + 1 > maxBytes) {
            dropped++;
        } else {
            bytes.write(json, 0, json.length);
            bytes.write('\n');
            written++;
        }
    }

    /** @param otherwise why there is nothing, if no line was added */
    EvidenceContent content(String otherwise) {
        if (written + dropped == 0) {
            return EvidenceContent.missing(otherwise);
        }
        String note = dropped == 0
                ? ""
                : "the first " + written + " of " + (written + dropped) + " lines (incidents.item-bytes)";
        return new EvidenceContent(bytes.toByteArray(), note);
    }
}
