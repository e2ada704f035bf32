package io.vitrine.observability;

import java.util.Optional;

import io.vitrine.observability.catalogue.ArchiveTier;
import io.vitrine.observability.catalogue.ArchivedSignal;
import io.vitrine.observability.catalogue.RowFate;

/** What an archive tells of itself, since the start, read at each scrape on the scraping thread. Counts never fall. */
public interface ArchiveStats {

    /** What became of the rows of one signal. */
    long rows(ArchivedSignal signal, RowFate fate);

    /** Why the latest rows could not be written; empty if they could. */
    Optional<String> failure();

    /** Rows that wait to be written. */
    int waitingRows();

    /** How long the oldest of them has waited; 0 if none does. */
    double lagSeconds();

    /** What the files of one tier take; as of the latest look at them. */
    long bytes(ArchiveTier tier);

    /** Damaged files renamed out of the way. */
    long filesSetAside();

    /** Whole files that retention had no more room for. */
    long deletedFiles();

    /** Bytes of those files. */
    long deletedBytes();

    /** Rows taken out for tenants. */
    long deletedRows();
}
