package io.vitrine.observability;

/**
 * What is known of a request from its head on.
 *
 * @param requestId as in the answer's {@code x-request-id}
 * @param tenantId from the configuration
 */
public record RequestHead(String requestId, Route route, String tenantId) {}
