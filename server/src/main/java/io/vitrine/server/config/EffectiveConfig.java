package io.vitrine.server.config;

/**
 * The configuration, and how to show it.
 *
 * @param printed every key with its value as YAML, secrets masked
 */
public record EffectiveConfig(ServerConfig config, String printed) {}
