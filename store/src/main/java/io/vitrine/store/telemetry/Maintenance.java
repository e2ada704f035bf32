package io.vitrine.store.telemetry;

import java.util.List;

/**
 * What one run of maintenance did.
 *
 * @param madeWarm Parquet files made from finished days
 * @param movedCold files moved to the cold directory
 * @param setAside names of files that turned out damaged
 * @param newer names of day files that a newer version wrote: they stay as they are
 * @param postponed names of finished day files that another process reads, or that could not be read and are not proven to be
 *     damaged: the next run tries again
 */
public record Maintenance(
        List<String> madeWarm,
        List<String> movedCold,
        List<String> setAside,
        List<String> newer,
        List<String> postponed) {

    public Maintenance {
        madeWarm = List.copyOf(madeWarm);
        movedCold = List.copyOf(movedCold);
        setAside = List.copyOf(setAside);
        newer = List.copyOf(newer);
        postponed = List.copyOf(postponed);
    }
}
