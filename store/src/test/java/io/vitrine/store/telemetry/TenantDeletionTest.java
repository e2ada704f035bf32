package io.vitrine.store.telemetry;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.util.Set;
import java.util.stream.Stream;

import io.vitrine.store.telemetry.DeletionReceipt.Deletion;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

/** What is left of a tenant's requests in rows that belong to nobody, and in queues. */
@Timeout(120)
class TenantDeletionTest {
    private static final LocalDate DAY = LocalDate.of(2026, 11, 24);
    private static final String NOON = "2026-11-24T12:00:00Z";
    private static final String NEXT_NOON = "2026-11-25T12:00:00Z";
    private static final TimeRange BOTH = new TimeRange(
            TimeRange.day(DAY).fromEpochNanos(), TimeRange.day(DAY.plusDays(1)).toEpochNanos());
    private static final String DECISIONS = "{\"model\":\"m\",\"decisions\":["
            + "{\"request_id\":\"req-acme\",\"reason\":\"admitted\"},{\"reason\":\"admitted\",\"request_id\":\"req-zeta\"}]}";
    private static final String CLEARED = "{\"model\":\"m\",\"decisions\":["
            + "{\"request_id\":\"\",\"reason\":\"admitted\"},{\"reason\":\"admitted\",\"request_id\":\"req-zeta\"}]}";

    @TempDir
    Path directory;

    private final SettableClock clock = new SettableClock(NOON);
    private TelemetryStore store;

    @BeforeEach
    void open() {
        store = new TelemetryStore(TelemetrySettings.in(directory), clock);
    }

    @AfterEach
    void close() {
        store.close();
    }

    @Test
    void clearsRequestIdsFromStepsOfEveryTier() {
        record(log(NOON, "acme"), log(NOON, "zeta"), step(NOON));
        clock.set(NEXT_NOON);
        store.maintain();
        record(log(NEXT_NOON, "acme"), log(NEXT_NOON, "zeta"), step(NEXT_NOON));

        DeletionReceipt receipt = store.deleteTenant("acme");
        assertThat(receipt.cleared())
                .containsExactlyInAnyOrder(
                        new Deletion(Signal.STEPS, "date=2026-11-24.parquet", 1),
                        new Deletion(Signal.STEPS, "telemetry-2026-11-25.db", 1));
        assertThat(receipt.rows()).isEqualTo(2);
        assertThat(store.queries().steps(BOTH, 10).rows())
                .extracting(StepRow::attributesJson)
                .containsExactly(CLEARED, CLEARED);
        assertThat(store.deleteTenant("acme").cleared()).isEmpty();
    }

    @Test
    void clearsRequestIdsThatOnlyTheLedgerKnows() {
        record(step(NOON));
        Set<String> ids = Set.of("req-acme");
        store.deleteTenant("acme", range -> range.touches(DAY) ? ids : Set.of());
        assertThat(store.queries().steps(BOTH, 10).rows().get(0).attributesJson())
                .isEqualTo(CLEARED);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void clearsRequestIdsOfAGpusRequests(boolean warm) {
        String attributes = "{\"gpu_uuid\":\"GPU-0\",\"request_ids\":\"req-zeta,req-acme,req-b\"}";
        LogRow gpu = new LogRow(
                Rows.at(NOON),
                "ERROR",
                "gpu",
                "gpu_health_changed",
                "gpu_health_changed gpu_uuid=GPU-0 request_ids=req-zeta,req-acme,req-b",
                null,
                null,
                null,
                null,
                attributes);
        record(log(NOON, "acme"), gpu);
        clock.set(NEXT_NOON);
        if (warm) {
            store.maintain();
        }
        assertThat(store.deleteTenant("acme").cleared())
                .extracting(Deletion::signal)
                .containsExactly(Signal.LOGS);
        LogRow left =
                store.queries().logs(BOTH, LogFilter.text("GPU"), 10).rows().get(0);
        assertThat(left.message()).isEqualTo("gpu_health_changed gpu_uuid=GPU-0 request_ids=req-zeta,req-b");
        assertThat(left.attributesJson()).isEqualTo("{\"gpu_uuid\":\"GPU-0\",\"request_ids\":\"req-zeta,req-b\"}");
        assertThat(store.queries().logs(BOTH, LogFilter.text("acme"), 10).rows())
                .isEmpty();
    }

    @Test
    void writesNoRowsThatAnotherProcessHeldInItsQueue() throws Exception {
        TelemetrySettings slow = Gathering.until(directory, Duration.ofHours(1));
        try (TelemetryStore server = new TelemetryStore(slow, clock)) {
            clock.set(NOON);
            server.record(Rows.root("queued", NOON, 5, "acme"));
            server.record(log(NOON, "acme"));
            server.record(step(NOON));
            server.record(Rows.root("other", NOON, 5, "zeta"));
            clock.set("2026-11-24T12:00:01Z");
            store.deleteTenant("acme");
            server.record(Rows.root("later", "2026-11-24T12:00:02Z", 5, "acme"));
            server.flush();
            assertThat(server.cleanupCounts().rows()).isEqualTo(2);
            assertThat(server.counts(Signal.SPANS).lost()).isZero();
            assertThat(server.counts(Signal.SPANS).written()).isEqualTo(2);
        }
        assertThat(store.queries().traces(BOTH, SpanFilter.ANY, 10).rows())
                .extracting(SpanRow::traceId)
                .containsExactly("later", "other");
        assertThat(store.queries().steps(BOTH, 10).rows().get(0).attributesJson())
                .as("which of them are the tenant's nobody knows any more")
                .doesNotContain("req-");
        close();
        assertThat(allBytes()).doesNotContain("req-acme");
    }

    @Test
    void writesNoRowsOfARequestThatOutlivesItsTenant() throws Exception {
        String end = "2026-11-24T12:00:02Z";
        try (TelemetryStore server = new TelemetryStore(TelemetrySettings.in(directory), clock)) {
            server.record(step(NOON));
            server.flush();
            clock.set("2026-11-24T12:00:01Z");
            store.deleteTenant("acme");
            clock.set(end);
            server.record(log("2026-11-24T12:00:01.500Z", "acme"));
            server.flush();
            server.record(log(end, "acme"), Rows.at(NOON));
            server.record(Rows.root("late", end, 5, "acme"), Rows.at(NOON));
            server.flush();
            server.record(step(end));
            server.record(Rows.root("new", end, 5, "acme"));
            server.flush();
            assertThat(server.isErased("acme", Rows.at(NOON))).isTrue();
            assertThat(server.isErased("acme", Rows.at(end))).isFalse();
        }
        assertThat(store.queries().traces(BOTH, SpanFilter.ANY, 10).rows())
                .extracting(SpanRow::traceId)
                .containsExactly("new");
        assertThat(store.queries()
                        .logs(BOTH, LogFilter.text("request_completed"), 10)
                        .rows())
                .isEmpty();
        close();
        assertThat(allBytes()).doesNotContain("req-acme").contains("req-zeta");
    }

    @Test
    void leavesNoBytesInPagesThatTheServerHasSplit() throws Exception {
        try (TelemetryStore server = new TelemetryStore(TelemetrySettings.in(directory), clock)) {
            for (int i = 0; i < 300; i++) {
                server.record(Rows.root("t" + i, NOON, i, i % 3 == 0 ? "zeta" : "acme"));
                server.record(log(NOON, i % 3 == 0 ? "zeta" : "acme"));
                if (i % 7 == 0) {
                    server.flush();
                }
            }
            server.flush();
            clock.set("2026-11-24T12:00:01Z");
            store.deleteTenant("acme");
        }
        close();
        assertThat(allBytes()).doesNotContain("req-acme").contains("req-zeta");
    }

    @Test
    void takesTheTenantOutOfCopiesThatDoNotCount() throws Exception {
        record(Rows.root("t1", NOON, 5, "acme"), Rows.root("t2", NOON, 5, "zeta"));
        clock.set(NEXT_NOON);
        store.maintain();
        Path warm = directory.resolve("warm/spans/date=2026-11-24.parquet");
        Path cold = Files.createDirectories(directory.resolve("cold/spans")).resolve("date=2026-11-24.parquet");
        Files.copy(warm, cold);
        assertThat(store.deleteTenant("acme").deletions()).hasSize(2);
        Files.delete(warm);
        assertThat(store.queries().traces(BOTH, SpanFilter.ANY, 10).rows())
                .extracting(SpanRow::traceId)
                .containsExactly("t2");
    }

    @Test
    void namesDamagedFilesOfEarlierDays() throws Exception {
        Path damaged = directory.resolve("warm/spans/date=2026-11-01.parquet.corrupt");
        Files.createDirectories(damaged.getParent());
        Files.writeString(damaged, "nobody can tell what is in it");
        assertThat(store.deleteTenant("acme").setAside()).containsExactly("date=2026-11-01.parquet.corrupt");
    }

    private String allBytes() throws Exception {
        StringBuilder all = new StringBuilder();
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                all.append(new String(Files.readAllBytes(file), ISO_8859_1));
            }
        }
        return all.toString();
    }

    private void record(TelemetryRow... rows) {
        for (TelemetryRow row : rows) {
            assertThat(store.record(row)).isTrue();
        }
        store.flush();
    }

    private static LogRow log(String at, String tenant) {
        return new LogRow(
                Rows.at(at),
                "INFO",
                "response",
                "request_completed",
                "request_completed",
                null,
                null,
                tenant,
                "req-" + tenant,
                "{}");
    }

    private static StepRow step(String at) {
        return new StepRow(Rows.at(at), 9, "mixed", 2, 7, 4096, DECISIONS);
    }
}
