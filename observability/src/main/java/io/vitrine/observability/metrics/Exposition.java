package io.vitrine.observability.metrics;

/** The meters at one moment, as text for Prometheus, with the content type to send it under. */
public record Exposition(String contentType, String body) {}
