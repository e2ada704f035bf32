package io.vitrine.server.inference;

/**
 * What every event of an answer says alike.
 *
 * @param created in seconds since 1970
 */
public record AnswerHead(String id, long created, String model, String fingerprint) {}
