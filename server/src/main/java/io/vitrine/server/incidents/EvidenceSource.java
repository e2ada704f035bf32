package io.vitrine.server.incidents;

/**
 * Collects one item of evidence, on a worker. May block and fail: that costs its own item only. What it returns has no
 * prompts and no answers.
 *
 * @param name of the item
 */
record EvidenceSource(String name, String mediaType, Collector collector) {

    static final String JSON = "application/json";
    static final String JSON_LINES = "application/x-ndjson";
    static final String TEXT = "text/plain; charset=utf-8";

    /** How it is collected. */
    @FunctionalInterface
    interface Collector {
        EvidenceContent collect(EvidenceRequest request) throws Exception;
    }
}
