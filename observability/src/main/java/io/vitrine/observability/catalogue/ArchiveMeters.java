package io.vitrine.observability.catalogue;

import java.util.List;

import static io.vitrine.observability.catalogue.MeterDefinition.SECONDS;
import static io.vitrine.observability.catalogue.MeterDefinition.counter;
import static io.vitrine.observability.catalogue.MeterDefinition.gauge;

/** What the archive of telemetry tells of itself: what it has kept, lost and deleted. */
public final class ArchiveMeters {

    private static final Label SIGNAL = Label.of("signal", "what is kept", ArchivedSignal.class, ArchivedSignal::label);
    private static final Label FATE = Label.of("result", "what became of it", RowFate.class, RowFate::label);
    private static final Label TIER = Label.of("tier", "where in its life", ArchiveTier.class, ArchiveTier::label);

    public static final MeterDefinition ROWS = counter(
            "vitrine.store.rows",
            "{row}",
            "Rows of telemetry handed to the store, by what became of them.",
            SIGNAL,
            FATE);
    public static final MeterDefinition WAITING =
            gauge("vitrine.store.waiting", "{row}", "Rows that wait to be written.");
    public static final MeterDefinition LAG =
            gauge("vitrine.store.lag", SECONDS, "How long the oldest row that waits has waited; 0 if none does.");
    public static final MeterDefinition BYTES =
            gauge("vitrine.store.size", "bytes", "What stored telemetry takes on the disk.", TIER);
    public static final MeterDefinition SET_ASIDE = counter(
            "vitrine.store.files.corrupt", "{file}", "Damaged files that were renamed, so that all else can be read.");
    public static final MeterDefinition DELETED_FILES =
            counter("vitrine.store.deleted.files", "{file}", "Files that retention had no more room for.");
    public static final MeterDefinition DELETED_BYTES =
            counter("vitrine.store.deleted", "bytes", "Bytes of those files.");
    public static final MeterDefinition DELETED_ROWS =
            counter("vitrine.store.deleted.rows", "{row}", "Rows deleted because a tenant was.");

    static final List<MeterDefinition> ALL =
            List.of(ROWS, WAITING, LAG, BYTES, SET_ASIDE, DELETED_FILES, DELETED_BYTES, DELETED_ROWS);

    private ArchiveMeters() {}
}
