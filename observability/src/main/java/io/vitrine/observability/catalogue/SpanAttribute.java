package io.vitrine.observability.catalogue;

import io.opentelemetry.api.common.AttributeKey;

/**
 * One attribute of spans or of their events.
 *
 * @param meaning one line, with the unit where there is one
 */
public record SpanAttribute<T>(AttributeKey<T> key, String meaning) {}
