package io.vitrine.server.history;

import java.util.List;

/**
 * A part of what a search found.
 *
 * @param scanned rows that were compared
 * @param complete false if the search stopped at its bound: a shorter time finds more
 */
public record SearchPage<T>(
        String from,
        String to,
        int offset,
        boolean more,
        int scanned,
        boolean complete,
        List<T> data,
        List<String> damagedFiles) {

    public SearchPage {
        data = List.copyOf(data);
        damagedFiles = List.copyOf(damagedFiles);
    }
}
