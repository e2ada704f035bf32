package io.vitrine.store.telemetry;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.time.InstantSource;
import java.time.LocalDate;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;

import io.vitrine.store.StoreException;
import io.vitrine.store.StoreException.Reason;
import io.vitrine.store.sql.Sqlite;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Sealing, sweeping, what counts against the limits, and a writing thread that outlives whatever is thrown at it. */
@Timeout(120)
class UpkeepTest {
    private static final TimeRange TODAY = TimeRange.day(LocalDate.of(2026, 11, 24));
    private static final String NOON = "2026-11-24T12:00:00Z";
    private static final String NEXT_NOON = "2026-11-25T12:00:00Z";

    @TempDir
    Path directory;

    private final SettableClock clock = new SettableClock(NOON);
    private TelemetryStore store;

    @BeforeEach
    void open() {
        open(TelemetrySettings.in(directory));
    }

    private void open(TelemetrySettings settings) {
        store = new TelemetryStore(settings, clock);
    }

    @AfterEach
    void close() {
        store.close();
    }

    @Test
    void sealsNoDayWhoseLogIsStillRead() throws Exception {
        record(Rows.root("t1", NOON, 5, "acme"));
        Path day = directory.resolve("hot/telemetry-2026-11-24.db");
        try (Connection other = Sqlite.openForReading(day);
                Statement statement = other.createStatement();
                ResultSet row = statement.executeQuery("SELECT trace_id FROM spans")) {
            assertThat(row.next()).isTrue();
            record(Rows.root("t2", NOON, 5, "acme"));
            clock.set(NEXT_NOON);
            Maintenance maintenance = store.maintain();
            assertThat(maintenance.postponed()).containsExactly("telemetry-2026-11-24.db");
            assertThat(maintenance.madeWarm()).isEmpty();
            assertThat(day).exists();
        }
        assertThat(store.maintain().postponed()).isEmpty();
        assertThat(store.queries().traces(TODAY, SpanFilter.ANY, 10).rows()).hasSize(2);
    }

    @Test
    void keepsTheDayFileWhenParquetCannotBeWritten() throws Exception {
        record(Rows.root("t1", NOON, 5, "acme"));
        clock.set(NEXT_NOON);
        Path inTheWay = Files.createDirectories(directory.resolve("warm")).resolve("spans");
        Files.writeString(inTheWay, "as good as a full disk");
        assertThatThrownBy(store::maintain).isInstanceOf(StoreException.class).hasMessageContaining("cannot move");
        assertThat(store.queries().traces(TODAY, SpanFilter.ANY, 10).rows()).hasSize(1);
        Files.delete(inTheWay);
        assertThat(store.maintain().madeWarm()).containsExactly("spans/date=2026-11-24.parquet");
        assertThat(store.queries().traces(TODAY, SpanFilter.ANY, 10).rows()).hasSize(1);
    }

    @Test
    void readsParquetWhereNothingCanBeSpilled() throws Exception {
        record(Rows.root("t1", NOON, 5, "acme"));
        clock.set(NEXT_NOON);
        store.maintain();
        Files.delete(directory.resolve("hot/spill"));
        Files.writeString(directory.resolve("hot/spill"), "as good as a full disk");
        assertThat(store.queries().traces(TODAY, SpanFilter.ANY, 10).rows()).hasSize(1);
    }

    @Test
    void sweepsWhatACrashLeftHalfWritten() throws Exception {
        Path warm = Files.createDirectories(directory.resolve("warm/spans")).resolve("date=2026-11-20.parquet.tmp");
        Path cold = Files.createDirectories(directory.resolve("cold/logs")).resolve("date=2026-11-20.parquet.tmp");
        Path spilled = Files.createDirectories(directory.resolve("hot/spill/engine-1-2-3"));
        Files.writeString(spilled.resolve("lock"), "");
        Files.writeString(warm, "half");
        Files.writeString(cold, "half");
        assertThat(store.sweep()).isEqualTo(3);
        assertThat(warm).doesNotExist();
        assertThat(cold).doesNotExist();
        assertThat(spilled).doesNotExist();
    }

    @Test
    void countsDayFilesAndSpilledRowsInTheLimits() throws Exception {
        record(Rows.root("t1", NOON, 5, "acme"));
        clock.set(NEXT_NOON);
        store.maintain();
        close();
        long parquet = Files.size(directory.resolve("warm/spans/date=2026-11-24.parquet"));
        Retention retention = new Retention(Duration.ofDays(999), parquet + 100_000);
        open(TelemetrySettings.in(directory).keeping(Map.of(Signal.SPANS, retention), Duration.ZERO));
        assertThat(store.preview()).isEmpty();

        Path spilled = Files.createDirectories(directory.resolve("hot/spill/engine-1-2-3"))
                .resolve("rows");
        Files.write(spilled, new byte[100_001]);
        assertThat(store.preview()).hasSize(1);
        Files.delete(spilled);
        assertThat(store.preview()).isEmpty();

        record(Rows.log(NEXT_NOON, "x".repeat(100_000), null));
        assertThat(store.preview()).singleElement().satisfies(file -> assertThat(file.reason())
                .contains("share of the day files"));
        assertThat(store.cleanup()).hasSize(1);
    }

    @Test
    void sharesTheDayFilesAmongTheSignalsByTheirLimits() throws Exception {
        record(Rows.root("t1", NOON, 5, "acme"), Rows.log(NOON, "one", null));
        clock.set(NEXT_NOON);
        store.maintain();
        close();
        long spans = Files.size(directory.resolve("warm/spans/date=2026-11-24.parquet"));
        long logs = Files.size(directory.resolve("warm/logs/date=2026-11-24.parquet"));
        Path spilled = Files.createDirectories(directory.resolve("hot/spill/engine-1-2-3"))
                .resolve("rows");
        Files.write(spilled, new byte[40_000]);
        // A quarter of the limits, so a quarter of what is shared: 10 000 bytes, and three quarters.
        long unit = 10_000 + Math.max(spans, logs);
        open(TelemetrySettings.in(directory)
                .keeping(
                        Map.of(
                                Signal.SPANS, new Retention(Duration.ofDays(999), unit),
                                Signal.LOGS, new Retention(Duration.ofDays(999), 3 * unit)),
                        Duration.ZERO));
        assertThat(store.preview()).isEmpty();
        Files.write(spilled, new byte[8 * (int) unit]);
        assertThat(store.preview()).extracting(PlannedDeletion::signal).containsOnly(Signal.SPANS, Signal.LOGS);
    }

    @Test
    void anErrorInACommandReachesItsCallerAndEndsNothing() {
        TelemetrySettings settings = TelemetrySettings.in(directory);
        try (TelemetryWriter writer = new TelemetryWriter(settings, new TierFiles(settings), clock)) {
            assertThatThrownBy(() -> writer.order(w -> {
                        throw new StackOverflowError("in a command");
                    }))
                    .isInstanceOfSatisfying(
                            StoreException.class, e -> assertThat(e.reason()).isEqualTo(Reason.FAILED))
                    .hasRootCauseInstanceOf(StackOverflowError.class);
            assertThat(writer.offer(PendingRow.of(Rows.root("t1", NOON, 5, "acme"))))
                    .isTrue();
            writer.order(w -> true);
            assertThat(writer.counts(Signal.SPANS).written()).isEqualTo(1);
        }
    }

    @Test
    void anErrorInATransactionCostsItsRowsAndEndsNothing() {
        TelemetrySettings settings = Gathering.until(directory, Duration.ofHours(1));
        AtomicBoolean failed = new AtomicBoolean();
        InstantSource failing = () -> {
            boolean writing = Thread.currentThread().getName().equals("telemetry-writer");
            if (writing && failed.compareAndSet(false, true)) {
                throw new StackOverflowError("in the writer");
            }
            return clock.instant();
        };
        try (TelemetryWriter writer = new TelemetryWriter(settings, new TierFiles(settings), failing)) {
            writer.offer(PendingRow.of(Rows.root("lost", NOON, 5, "acme")));
            assertThatThrownBy(() -> writer.order(w -> true)).hasRootCauseInstanceOf(StackOverflowError.class);
            assertThat(writer.failure()).isPresent();
            assertThat(writer.counts(Signal.SPANS)).isEqualTo(new SignalCounts(1, 0, 0, 1));
            writer.offer(PendingRow.of(Rows.root("kept", NOON, 5, "acme")));
            writer.order(w -> true);
            assertThat(writer.failure()).isEmpty();
            assertThat(writer.counts(Signal.SPANS)).isEqualTo(new SignalCounts(2, 0, 1, 1));
        }
    }

    private void record(TelemetryRow... rows) {
        for (TelemetryRow row : rows) {
            assertThat(store.record(row)).isTrue();
        }
        store.flush();
    }
}
