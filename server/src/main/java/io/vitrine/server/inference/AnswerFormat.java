package io.vitrine.server.inference;

import java.util.List;
import java.util.Optional;

import io.vitrine.server.api.Usage;
import org.jspecify.annotations.Nullable;

/** How an endpoint writes its answer: whole, and event by event. Every value it gives is a record for JSON. */
public interface AnswerFormat {

    /** The whole answer; {@code choices} by index, each complete. */
    Object whole(List<WholeChoice> choices, Usage usage);

    /** What a choice's first event says before its text; empty if there is nothing to say. */
    Optional<Object> opening(int choice, @Nullable Usage usage);

    /** What the stream says of an event, at least one record; the end comes with the last. */
    List<Object> events(AnswerEvent event, @Nullable Usage usage);

    /** The last event, with nothing but the counts. */
    Object usageEvent(Usage usage);
}
