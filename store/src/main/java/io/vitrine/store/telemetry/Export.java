package io.vitrine.store.telemetry;

import java.util.List;

/**
 * What an export wrote.
 *
 * @param setAside damaged files, whose rows are missing from it
 */
public record Export(long rows, List<String> setAside) {

    public Export {
        setAside = List.copyOf(setAside);
    }
}
