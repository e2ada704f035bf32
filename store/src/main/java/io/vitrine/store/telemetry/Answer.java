package io.vitrine.store.telemetry;

import java.util.List;

/**
 * What a question found.
 *
 * @param rows in the order asked for
 * @param setAside names of files that turned out damaged: what they held is missing from the rows, all else is there
 */
public record Answer<T>(List<T> rows, List<String> setAside) {

    public Answer {
        rows = List.copyOf(rows);
        setAside = List.copyOf(setAside);
    }
}
