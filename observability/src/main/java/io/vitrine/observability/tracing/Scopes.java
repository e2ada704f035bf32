package io.vitrine.observability.tracing;

import io.opentelemetry.sdk.common.InstrumentationScopeInfo;
import io.vitrine.observability.catalogue.SpanAttributes;

/** Who made a span, and whose names its attributes go by. */
final class Scopes {

    /** Around HTTP. */
    static final InstrumentationScopeInfo GATEWAY = InstrumentationScopeInfo.builder("io.vitrine.gateway")
            .setSchemaUrl(SpanAttributes.HTTP_SCHEMA_URL)
            .build();

    /** Around the model. */
    static final InstrumentationScopeInfo INFERENCE = InstrumentationScopeInfo.builder("io.vitrine.inference")
            .setSchemaUrl(SpanAttributes.GEN_AI_SCHEMA_URL)
            .build();

    private Scopes() {}
}
