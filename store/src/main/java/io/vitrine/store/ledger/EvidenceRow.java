package io.vitrine.store.ledger;

/**
 * Description of one item of an incident's evidence; its content is stored beside it.
 *
 * @param bytes of the content, uncompressed; 0 if there is none
 * @param note what the item lacks and why; empty if it is complete
 */
public record EvidenceRow(long incidentId, String name, String mediaType, long takenMillis, long bytes, String note) {}
