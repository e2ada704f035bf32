package io.vitrine.server.incidents;

/**
 * The person behind a change.
 *
 * @param actor for the audit log: a key's prefix or a command
 * @param name for the timeline
 */
public record IncidentAuthor(String actor, String name) {}
