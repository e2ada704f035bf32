package io.vitrine.server.search;

import java.util.Optional;
import java.util.OptionalDouble;

/** What a query is matched against: one request, or one log event. */
public interface SearchRow {

    /** The value of a key as text; empty if the row has none. */
    Optional<String> text(SearchKey key);

    /** The value of a key as a number, durations in milliseconds; empty if the row has none. */
    OptionalDouble number(SearchKey key);

    /** What bare words are looked for in. */
    String message();
}
