package io.vitrine.alerting.incidents;

/**
 * One item of an incident's evidence, without its content.
 *
 * @param bytes of the content, uncompressed; 0 if there is none
 * @param note what the item lacks and why; empty if it is complete
 */
public record EvidenceItem(String name, String mediaType, long takenMillis, long bytes, String note) {

    /** Whether nothing could be collected. */
    public boolean isMissing() {
        return bytes == 0;
    }
}
