package io.vitrine.store.telemetry;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.LocalDate;
import java.util.List;
import java.util.stream.Stream;

import io.vitrine.store.ExportFormat;
import io.vitrine.store.sql.DuckDb;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Files that version 1 wrote, a day file and Parquet, are read, aged and exported by this version; columns that a file lacks are null.
 *
 * <p>The files lie in {@code version-1} of the test resources and are never made anew; a version that changes a table adds its own.
 */
@Timeout(120)
class OldVersionTest {
    private static final TimeRange PARQUET_DAY = TimeRange.day(LocalDate.of(2026, 11, 23));
    private static final TimeRange HOT_DAY = TimeRange.day(LocalDate.of(2026, 11, 24));
    private static final TimeRange BOTH = new TimeRange(PARQUET_DAY.fromEpochNanos(), HOT_DAY.toEpochNanos());

    @TempDir
    Path directory;

    private final SettableClock clock = new SettableClock("2026-11-24T13:00:00Z");
    private TelemetryStore store;

    @BeforeEach
    void open() throws Exception {
        copy(directory);
        store = new TelemetryStore(TelemetrySettings.in(directory), clock);
    }

    @AfterEach
    void close() {
        store.close();
    }

    static void copy(Path to) throws URISyntaxException, IOException {
        Path from = Path.of(
                OldVersionTest.class.getResource("/io/vitrine/store/version-1").toURI());
        try (Stream<Path> files = Files.walk(from)) {
            files.filter(Files::isRegularFile)
                    .forEach(file -> copy(file, to.resolve(from.relativize(file).toString())));
        }
    }

    private static void copy(Path from, Path to) {
        try {
            Files.createDirectories(to.getParent());
            Files.copy(from, to);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void readsEverySignalOfVersion1() {
        assertEverySignal(2);
        // Written by this version now, after migration.
        store.record(Rows.root("new", "2026-11-24T12:30:00Z", 5, "acme"));
        store.flush();
        assertThat(store.queries().trace("new").rows()).hasSize(1);
        clock.set("2026-11-25T12:00:00Z");
        assertThat(store.maintain().madeWarm()).hasSize(5);
        assertEverySignal(2);
        clock.set("2027-01-25T12:00:00Z");
        store.maintain();
        assertEverySignal(2);
        assertThat(store.setAsideFiles()).isZero();
    }

    @Test
    void deletesATenantFromFilesOfVersion1() {
        DeletionReceipt receipt = store.deleteTenant("acme");
        assertThat(receipt.rows()).isEqualTo(6);
        assertThat(receipt.cleared()).hasSize(2);
        assertThat(store.queries().traces(BOTH, SpanFilter.ANY, 10).rows()).isEmpty();
        assertThat(store.queries().steps(BOTH, 10).rows())
                .allSatisfy(step ->
                        assertThat(step.attributesJson()).contains("other").doesNotContain("req-"));
    }

    @Test
    void readsAbsentColumnsOfParquetAsNull() throws Exception {
        dropFromParquet("samples", "tenant_id");
        dropFromParquet("logs", "trace_id");
        assertThat(store.queries()
                        .series("vitrine_queue_depth", List.of(), PARQUET_DAY, 10)
                        .rows())
                .singleElement()
                .satisfies(sample -> assertThat(sample.tenantId()).isNull())
                .satisfies(sample -> assertThat(sample.value()).isEqualTo(2.5));
        assertThat(store.queries()
                        .logs(PARQUET_DAY, LogFilter.text("completed"), 10)
                        .rows())
                .singleElement()
                .satisfies(log -> assertThat(log.traceId()).isNull());
        Path csv = directory.resolve("logs.csv");
        assertThat(store.export(Signal.LOGS, PARQUET_DAY, csv, ExportFormat.CSV).rows())
                .isEqualTo(1);
        assertThat(store.deleteTenant("acme").setAside()).isEmpty();
        assertThat(store.setAsideFiles()).isZero();
    }

    @Test
    void readsAbsentColumnsAndTablesOfADayFileAsAbsent() throws Exception {
        close();
        Path day = directory.resolve("hot/telemetry-2026-11-24.db");
        Path sealed = day.resolveSibling("telemetry-2026-11-24.0.db");
        Files.move(day, sealed);
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + sealed);
                Statement statement = connection.createStatement()) {
            statement.executeUpdate("ALTER TABLE samples DROP COLUMN tenant_id");
            statement.executeUpdate("ALTER TABLE logs DROP COLUMN trace_id");
            statement.executeUpdate("DROP TABLE gpu");
        }
        store = new TelemetryStore(TelemetrySettings.in(directory), clock);
        for (int tier = 0; tier < 2; tier++) {
            assertThat(store.queries()
                            .series("vitrine_queue_depth", List.of(), HOT_DAY, 10)
                            .rows())
                    .singleElement()
                    .satisfies(sample -> assertThat(sample.tenantId()).isNull());
            assertThat(store.queries()
                            .logs(HOT_DAY, LogFilter.text("completed"), 10)
                            .rows())
                    .singleElement()
                    .satisfies(log -> assertThat(log.traceId()).isNull())
                    .satisfies(log -> assertThat(log.requestId()).isEqualTo("req-b"));
            assertThat(store.queries().gpu(HOT_DAY, 10).rows()).isEmpty();
            clock.set("2026-11-25T12:00:00Z");
            store.maintain();
        }
        assertThat(sealed).doesNotExist();
        assertThat(store.setAsideFiles()).isZero();
    }

    private void assertEverySignal(int rows) {
        TelemetryQueries ask = store.queries();
        assertThat(ask.traces(BOTH, new SpanFilter("acme", 0, List.of()), 10).rows())
                .extracting(SpanRow::traceId)
                .contains("trace-a", "trace-b");
        assertThat(ask.logs(BOTH, LogFilter.text("outcome completed"), 10).rows())
                .hasSize(rows);
        assertThat(ask.steps(BOTH, 10).rows()).hasSize(rows).allSatisfy(step -> assertThat(step.kvBytes())
                .isEqualTo(4096));
        assertThat(ask.series("vitrine_queue_depth", List.of(), BOTH, 10).rows())
                .hasSize(rows);
        assertThat(ask.gpu(BOTH, 10).rows()).hasSize(rows).allSatisfy(gpu -> assertThat(gpu.value())
                .isEqualTo(61));
        assertThat(ask.stages(BOTH).rows())
                .filteredOn(stage -> stage.name().equals("prefill"))
                .extracting(StageSummary::count)
                .containsExactly((long) rows);
    }

    private void dropFromParquet(String signal, String column) throws SQLException, IOException {
        Path file = directory.resolve("warm/" + signal + "/date=2026-11-23.parquet");
        try (DuckDb duckDb = DuckDb.open(64, directory.resolve("spill"))) {
            duckDb.copy(
                    "SELECT * EXCLUDE (" + column + ") FROM read_parquet(" + DuckDb.quoted(file) + ")",
                    file,
                    ExportFormat.PARQUET);
        }
    }
}
