package io.vitrine.server.config;

/**
 * A value as somebody wrote it.
 *
 * @param key dotted name, known or not
 * @param source who set it, in words for a message: {@code --set}, {@code file vitrine.yaml}
 */
public record Setting(String key, String text, String source) {}
