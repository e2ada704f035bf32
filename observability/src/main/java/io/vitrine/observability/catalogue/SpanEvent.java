package io.vitrine.observability.catalogue;

import java.util.Locale;

/** What a span notes at a moment. */
public enum SpanEvent {
    FIRST_TOKEN("the first token of the request was drawn"),
    PREFIX_CACHE_HIT("part of a prompt was found in the prefix cache"),
    PREEMPTED("a choice gave its place up, and waits to be computed again"),
    RESUMED("a preempted choice has a place again"),
    GC_PAUSE("the garbage collector stopped everything while the request was under way"),
    EVENT_LOOP_STALL("the request's event loop did nothing else for a while");

    private final String meaning;
    private final String label = name().toLowerCase(Locale.ROOT);

    SpanEvent(String meaning) {
        this.meaning = meaning;
    }

    /** As the event is called: {@code first_token}. */
    public String label() {
        return label;
    }

    public String meaning() {
        return meaning;
    }
}
