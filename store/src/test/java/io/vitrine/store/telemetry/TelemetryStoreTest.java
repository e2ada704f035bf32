package io.vitrine.store.telemetry;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import io.vitrine.store.ExportFormat;
import io.vitrine.store.StoreException;
import io.vitrine.store.StoreException.Reason;
import io.vitrine.store.sql.Sql;
import io.vitrine.store.telemetry.DeletionReceipt.Deletion;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

@Timeout(120)
class TelemetryStoreTest {
    private static final LocalDate DAY = LocalDate.of(2026, 11, 24);
    private static final String NOON = "2026-11-24T12:00:00Z";
    private static final String NEXT_NOON = "2026-11-25T12:00:00Z";
    private static final TimeRange TODAY = TimeRange.day(DAY);
    private static final TimeRange BOTH =
            new TimeRange(TODAY.fromEpochNanos(), TimeRange.day(DAY.plusDays(1)).toEpochNanos());

    @TempDir
    Path directory;

    private final SettableClock clock = new SettableClock(NOON);
    private TelemetryStore store;

    @BeforeEach
    void open() {
        open(TelemetrySettings.in(directory));
    }

    @AfterEach
    void close() {
        store.close();
    }

    @Test
    void givesBackEverySignal() {
        SpanRow span = Rows.root("t1", NOON, 5, null);
        LogRow log = Rows.log(NOON, "done", null);
        StepRow step = new StepRow(Rows.at(NOON), 9, "decode", 3, 7, 4096, "{}");
        SampleRow sample = new SampleRow(Rows.at(NOON), "vitrine_queue_depth", "{\"model\":\"m\"}", 2.5, null);
        GpuRow gpu = new GpuRow(Rows.at(NOON), "GPU-0", "temperature", 61);
        record(span, log, step, sample, gpu);

        for (int tier = 0; tier < 3; tier++) {
            TelemetryQueries ask = store.queries();
            assertThat(ask.trace("t1", TODAY).rows()).containsExactly(span);
            assertThat(ask.logs(TODAY, LogFilter.ANY, 10).rows()).containsExactly(log);
            assertThat(ask.steps(TODAY, 10).rows()).containsExactly(step);
            assertThat(ask.series("vitrine_queue_depth", List.of(), TODAY, 10).rows())
                    .containsExactly(sample);
            assertThat(ask.gpu(TODAY, 10).rows()).containsExactly(gpu);
            clock.set(tier == 0 ? NEXT_NOON : "2026-12-24T12:00:00Z");
            store.maintain();
        }
        assertThat(names(directory.resolve("hot"))).isEmpty();
        assertThat(names(directory.resolve("warm/spans"))).isEmpty();
        assertThat(names(directory.resolve("cold/spans"))).containsExactly("date=2026-11-24.parquet");
    }

    @Test
    void findsTracesByTenantTimeAndDuration() {
        record(
                Rows.root("t1", "2026-11-24T10:00:00Z", 5, "acme"),
                Rows.root("t2", "2026-11-24T11:00:00Z", 50, "acme"),
                Rows.span("t2", "s", "root", "prefill", "2026-11-24T11:00:00.001Z", 40, "acme"),
                Rows.root("t3", "2026-11-24T12:00:00Z", 500, "zeta"));
        inHotAndWarm(() -> {
            assertThat(traces(TODAY, null, 0, 10)).containsExactly("t3", "t2", "t1");
            assertThat(traces(TODAY, "acme", 0, 10)).containsExactly("t2", "t1");
            assertThat(traces(TODAY, null, 50_000_000, 10)).containsExactly("t3", "t2");
            assertThat(traces(TODAY, null, 0, 1)).containsExactly("t3");
            TimeRange untilEleven = new TimeRange(TODAY.fromEpochNanos(), Rows.at("2026-11-24T11:00:00Z"));
            assertThat(traces(untilEleven, null, 0, 10)).containsExactly("t1");
            assertThat(store.queries().trace("t2", TODAY).rows())
                    .extracting(SpanRow::name)
                    .containsExactly("gateway_request", "prefill");
        });
    }

    @Test
    void findsTheSlowestOfAStage() {
        IntStream.rangeClosed(1, 20)
                .forEach(i ->
                        record(Rows.span("t" + i, "s", "root", i % 2 == 0 ? "prefill" : "decode", NOON, i, "acme")));
        inHotAndWarm(() -> assertThat(store.queries()
                        .slowest("prefill", TODAY, SpanFilter.ANY, 3)
                        .rows())
                .extracting(SpanRow::traceId)
                .containsExactly("t20", "t18", "t16"));
    }

    @Test
    void findsWordsAlikeInEveryTier() {
        List<String> messages = List.of(
                "Queue full, request refused",
                "queueing is not a queue-full",
                "Größe überschritten: 1024 bytes",
                "percent % underscore _ quote ' \" star *");
        messages.forEach(message -> record(Rows.log(NOON, message, null)));
        inHotAndWarm(() -> {
            assertThat(messages("queue full")).containsExactlyInAnyOrder(messages.get(0), messages.get(1));
            assertThat(messages("queue")).containsExactlyInAnyOrder(messages.get(0), messages.get(1));
            assertThat(messages("que")).isEmpty();
            assertThat(messages("full AND refused")).isEmpty();
            assertThat(messages("größe")).containsExactly(messages.get(2));
            assertThat(messages("grosse")).isEmpty();
            assertThat(messages("1024")).containsExactly(messages.get(2));
            assertThat(messages("quote' OR \"star\"")).isEmpty();
            assertThat(messages("quote ' star *")).containsExactly(messages.get(3));
        });
    }

    @Test
    void refusesATextWithoutWords() {
        assertThatThrownBy(() -> store.queries().logs(TODAY, LogFilter.text("%*"), 10))
                .hasMessageContaining("it has 0: %*");
        assertThatThrownBy(() -> store.queries().logs(TODAY, LogFilter.ANY, 0)).hasMessage("limit must be >= 1: 0");
    }

    @Test
    void mergesDaysOfSeveralTiersInOrder() {
        record(Rows.root("t1", NOON, 5, "acme"));
        clock.set(NEXT_NOON);
        store.maintain();
        record(Rows.root("t2", NEXT_NOON, 5, "acme"));
        assertThat(traces(BOTH, null, 0, 10)).containsExactly("t2", "t1");
        assertThat(traces(TODAY, null, 0, 10)).containsExactly("t1");
        assertThat(traces(BOTH, null, 0, 1)).containsExactly("t2");
    }

    @Test
    void keepsRowsThatComeAfterTheirDayWasFinished() {
        record(Rows.root("t1", NOON, 5, "acme"));
        clock.set(NEXT_NOON);
        store.maintain();
        record(Rows.root("late", NOON, 5, "acme"));
        assertThat(traces(TODAY, null, 0, 10)).containsExactlyInAnyOrder("late", "t1");
        store.maintain();
        assertThat(names(directory.resolve("warm/spans")))
                .containsExactly("date=2026-11-24.1.parquet", "date=2026-11-24.parquet");
        assertThat(traces(TODAY, null, 0, 10)).containsExactlyInAnyOrder("late", "t1");
    }

    @Test
    void goesOnWhenTheClockStepsBack() {
        clock.set("2026-11-25T00:00:05Z");
        record(Rows.root("before", "2026-11-25T00:00:05Z", 5, "acme"));
        clock.set("2026-11-24T23:59:00Z");
        record(Rows.root("after", "2026-11-24T23:59:00Z", 5, "acme"));
        assertThat(store.maintain().madeWarm()).isEmpty();
        assertThat(traces(BOTH, null, 0, 10)).containsExactly("before", "after");
    }

    @Test
    void countsRowsWhoseTimeCannotBe() {
        record(Rows.root("t1", "2036-01-01T00:00:00Z", 5, null), Rows.root("t2", "2016-01-01T00:00:00Z", 5, null));
        assertThat(store.counts(Signal.SPANS)).isEqualTo(new SignalCounts(2, 0, 0, 2));
        assertThat(names(directory.resolve("hot"))).isEmpty();
    }

    @Test
    void dropsAndCountsWhatTheQueueCannotHold() throws Exception {
        close();
        TelemetrySettings usual = TelemetrySettings.in(directory);
        TierFiles files = new TierFiles(usual);
        TelemetrySettings small = new TelemetrySettings(
                usual.hotDirectory(),
                usual.warmDirectory(),
                usual.coldDirectory(),
                2,
                1,
                Duration.ZERO,
                Duration.ZERO,
                Duration.ofDays(1),
                Map.of(),
                Duration.ZERO,
                64,
                1,
                Duration.ofSeconds(10));
        try (TelemetryWriter writer = new TelemetryWriter(small, files, clock)) {
            CountDownLatch entered = new CountDownLatch(1);
            CountDownLatch released = new CountDownLatch(1);
            Thread holder = new Thread(() -> writer.order(w -> {
                entered.countDown();
                return await(released);
            }));
            holder.start();
            assertThat(entered.await(30, TimeUnit.SECONDS)).isTrue();
            assertThat(writer.offer(PendingRow.of(Rows.log(NOON, "1", null)))).isTrue();
            assertThat(writer.offer(PendingRow.of(Rows.root("t", NOON, 1, null))))
                    .isTrue();
            assertThat(writer.offer(PendingRow.of(Rows.log(NOON, "2", null)))).isFalse();
            assertThat(writer.counts(Signal.LOGS)).isEqualTo(new SignalCounts(1, 1, 0, 0));
            assertThat(writer.counts(Signal.SPANS)).isEqualTo(new SignalCounts(1, 0, 0, 0));
            released.countDown();
            holder.join();
            writer.order(w -> true);
            assertThat(writer.counts(Signal.LOGS)).isEqualTo(new SignalCounts(1, 1, 1, 0));
        }
    }

    @Test
    void writesWhatIsQueuedBeforeItCloses() {
        store.record(Rows.root("t1", NOON, 5, "acme"));
        store.close();
        assertThat(store.record(Rows.root("t2", NOON, 5, "acme"))).isFalse();
        assertThat(store.counts(Signal.SPANS)).isEqualTo(new SignalCounts(1, 1, 1, 0));
        open();
        assertThat(traces(TODAY, null, 0, 10)).containsExactly("t1");
    }

    @Test
    void countsWhatADirectoryThatCannotBeWrittenCosts() throws Exception {
        close();
        Files.writeString(directory.resolve("hot"), "a file in the way");
        open();
        record(Rows.root("t1", NOON, 5, "acme"));
        assertThat(store.counts(Signal.SPANS)).isEqualTo(new SignalCounts(1, 0, 0, 1));
        Files.delete(directory.resolve("hot"));
        record(Rows.root("t2", NOON, 5, "acme"));
        assertThat(traces(TODAY, null, 0, 10)).containsExactly("t2");
    }

    @Test
    void setsADamagedDayFileAsideAndAnswersTheRest() throws Exception {
        record(Rows.root("t1", NOON, 5, "acme"));
        close();
        Path damaged = directory.resolve("hot/telemetry-2026-11-24.db");
        Files.writeString(damaged, "no longer a database ".repeat(1000));
        clock.set(NEXT_NOON);
        open();
        record(Rows.root("t2", NEXT_NOON, 5, "acme"));

        Answer<SpanRow> answer = store.queries().traces(BOTH, SpanFilter.ANY, 10);
        assertThat(answer.rows()).extracting(SpanRow::traceId).containsExactly("t2");
        assertThat(answer.setAside()).containsExactly("telemetry-2026-11-24.db");
        assertThat(damaged).doesNotExist();
        assertThat(damaged.resolveSibling("telemetry-2026-11-24.db.corrupt")).exists();
        assertThat(store.setAsideFiles()).isEqualTo(1);
        assertThat(store.queries().traces(BOTH, SpanFilter.ANY, 10).setAside()).isEmpty();
    }

    @Test
    void beginsADayAnewWhenItsFileIsDamaged() throws Exception {
        close();
        Files.createDirectories(directory.resolve("hot"));
        Files.writeString(directory.resolve("hot/telemetry-2026-11-24.db"), "not a database ".repeat(1000));
        open();
        record(Rows.root("lost", NOON, 5, "acme"));
        record(Rows.root("kept", NOON, 5, "acme"));
        assertThat(traces(TODAY, null, 0, 10)).containsExactly("kept");
        assertThat(store.counts(Signal.SPANS)).isEqualTo(new SignalCounts(2, 0, 1, 1));
        assertThat(store.setAsideFiles()).isEqualTo(1);
    }

    @Test
    void setsADamagedFinishedDayAsideWhenItIsItsTurn() throws Exception {
        close();
        Files.createDirectories(directory.resolve("hot"));
        Files.writeString(directory.resolve("hot/telemetry-2026-11-20.db"), "not a database ".repeat(1000));
        Files.writeString(directory.resolve("hot/telemetry-2026-11-21.0.db"), "not a database ".repeat(1000));
        open();
        assertThat(store.maintain().setAside())
                .containsExactlyInAnyOrder("telemetry-2026-11-20.db", "telemetry-2026-11-21.0.db");
        assertThat(store.maintain().setAside()).isEmpty();
    }

    @Test
    void leavesADayFileOfANewerVersionAsItIs() throws Exception {
        record(Rows.root("t1", NOON, 5, "acme"));
        close();
        Path day = directory.resolve("hot/telemetry-2026-11-24.db");
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + day);
                Statement statement = connection.createStatement()) {
            statement.executeUpdate("PRAGMA user_version = 99");
        }
        Files.writeString(directory.resolve("hot/telemetry-2026-99-99.db"), "not a day, and so not ours");
        clock.set(NEXT_NOON);
        open();
        assertThat(store.maintain())
                .isEqualTo(new Maintenance(
                        List.of(), List.of(), List.of(), List.of("telemetry-2026-11-24.db"), List.of()));
        record(Rows.root("lost", NOON, 5, "acme"), Rows.root("t2", NEXT_NOON, 5, "acme"));
        assertThat(store.counts(Signal.SPANS)).isEqualTo(new SignalCounts(2, 0, 1, 1));
        assertThat(day).exists();
    }

    @ParameterizedTest
    @EnumSource
    void setsDamagedParquetAsideAndAnswersTheRest(Damage damage) throws Exception {
        record(Rows.root("t1", NOON, 5, "acme"), Rows.log(NOON, "still here", "acme"));
        clock.set(NEXT_NOON);
        store.maintain();
        record(Rows.root("t2", NEXT_NOON, 5, "acme"));
        Path parquet = directory.resolve("warm/spans/date=2026-11-24.parquet");
        Files.write(parquet, damage.to(Files.readAllBytes(parquet)));

        Answer<SpanRow> answer = store.queries().traces(BOTH, SpanFilter.ANY, 10);
        assertThat(answer.rows()).extracting(SpanRow::traceId).containsExactly("t2");
        assertThat(answer.setAside()).containsExactly("date=2026-11-24.parquet");
        assertThat(names(directory.resolve("warm/spans"))).containsExactly("date=2026-11-24.parquet.corrupt");
        assertThat(messages("still")).containsExactly("still here");
    }

    /** What can have happened to a file. */
    enum Damage {
        EMPTIED {
            @Override
            byte[] to(byte[] bytes) {
                return new byte[0];
            }
        },
        CUT_SHORT {
            @Override
            byte[] to(byte[] bytes) {
                return Arrays.copyOf(bytes, bytes.length / 2);
            }
        },
        OVERWRITTEN {
            @Override
            byte[] to(byte[] bytes) {
                // All but the magic bytes at both ends and the length of the footer.
                Arrays.fill(bytes, 4, bytes.length - 8, (byte) 0x55);
                return bytes;
            }
        };

        abstract byte[] to(byte[] bytes);
    }

    @Test
    void makesGoodWhatACrashLeftHalfDone() throws Exception {
        record(Rows.root("t1", NOON, 5, "acme"));
        close();
        Path hot = directory.resolve("hot");
        Files.move(hot.resolve("telemetry-2026-11-24.db"), hot.resolve("telemetry-2026-11-24.0.db"));
        Path warm = Files.createDirectories(directory.resolve("warm/spans")).resolve("date=2026-11-24.parquet");
        Files.writeString(warm, "half of what it was to be");
        clock.set(NEXT_NOON);
        open();

        Answer<SpanRow> during = store.queries().traces(TODAY, SpanFilter.ANY, 10);
        assertThat(during.rows()).extracting(SpanRow::traceId).containsExactly("t1");
        assertThat(during.setAside()).isEmpty();
        assertThat(store.maintain().madeWarm()).containsExactly("spans/date=2026-11-24.parquet");
        assertThat(traces(TODAY, null, 0, 10)).containsExactly("t1");
        assertThat(names(hot)).isEmpty();

        Path cold = Files.createDirectories(directory.resolve("cold/spans")).resolve("date=2026-11-24.parquet");
        Files.copy(warm, cold);
        assertThat(traces(TODAY, null, 0, 10)).containsExactly("t1");
    }

    @Test
    void deletesWholeFilesByAgeAfterTheGraceTime() {
        close();
        Retention days = new Retention(Duration.ofDays(2), Long.MAX_VALUE);
        open(TelemetrySettings.in(directory).keeping(Map.of(Signal.SPANS, days), Duration.ofHours(6)));
        record(Rows.root("t1", NOON, 5, "acme"), Rows.log(NOON, "kept for good", "acme"));
        clock.set(NEXT_NOON);
        store.maintain();

        clock.set("2026-11-27T00:00:00Z");
        assertThat(store.preview()).isEmpty();
        clock.set("2026-11-27T00:00:01Z");
        assertThat(store.preview())
                .singleElement()
                .satisfies(file -> assertThat(file.file()).isEqualTo("spans/date=2026-11-24.parquet"))
                .satisfies(file -> assertThat(file.reason()).isEqualTo("older than 2 days"));
        assertThat(store.cleanup()).isEmpty();
        clock.set("2026-11-27T06:00:00Z");
        assertThat(store.cleanup()).isEmpty();
        clock.set("2026-11-27T06:00:01Z");
        long bytes = store.preview().get(0).bytes();
        assertThat(store.cleanup()).hasSize(1);
        assertThat(store.cleanupCounts()).isEqualTo(new CleanupCounts(1, bytes, 0));
        assertThat(traces(TODAY, null, 0, 10)).isEmpty();
        assertThat(messages("kept")).hasSize(1);
    }

    @Test
    void deletesTheOldestFirstWhenThereAreTooManyBytes() throws Exception {
        for (int day = 20; day <= 23; day++) {
            clock.set("2026-11-" + day + "T12:00:00Z");
            record(Rows.root("t" + day, "2026-11-" + day + "T12:00:00Z", 5, "acme"));
        }
        clock.set(NOON);
        store.maintain();
        close();
        long size = Files.size(directory.resolve("warm/spans/date=2026-11-20.parquet"));
        Retention bytes = new Retention(Duration.ofDays(999), 2 * size + size / 2);
        open(TelemetrySettings.in(directory).keeping(Map.of(Signal.SPANS, bytes), Duration.ZERO));
        assertThat(store.cleanup())
                .extracting(PlannedDeletion::day)
                .containsExactly(LocalDate.of(2026, 11, 20), LocalDate.of(2026, 11, 21));
        assertThat(store.cleanup()).isEmpty();
    }

    @Test
    void deletesATenantFromEveryTierAndSaysWhatWent() throws Exception {
        record(
                Rows.root("w1", NOON, 5, "acme"),
                Rows.root("w2", NOON, 5, "zeta"),
                Rows.log(NOON, "secret word alpha", "acme"),
                Rows.log(NOON, "machine", null));
        clock.set(NEXT_NOON);
        store.maintain();
        record(Rows.root("h1", NEXT_NOON, 5, "acme"), Rows.log(NEXT_NOON, "secret word beta", "acme"));

        DeletionReceipt receipt = store.deleteTenant("acme");
        assertThat(receipt.deletions())
                .containsExactlyInAnyOrder(
                        new Deletion(Signal.SPANS, "telemetry-2026-11-25.db", 1),
                        new Deletion(Signal.LOGS, "telemetry-2026-11-25.db", 1),
                        new Deletion(Signal.SPANS, "date=2026-11-24.parquet", 1),
                        new Deletion(Signal.LOGS, "date=2026-11-24.parquet", 1));
        assertThat(receipt.rows()).isEqualTo(4);
        assertThat(store.cleanupCounts().rows()).isEqualTo(4);
        assertThat(traces(BOTH, null, 0, 10)).containsExactly("w2");
        assertThat(store.queries().logs(BOTH, LogFilter.text("secret"), 10).rows())
                .isEmpty();
        assertThat(messages("machine")).hasSize(1);
        assertThat(store.deleteTenant("acme").deletions()).isEmpty();
        close();
        try (Stream<Path> all = Files.walk(directory)) {
            assertThat(all.filter(Files::isRegularFile)).isNotEmpty().allSatisfy(file -> assertThat(
                            new String(Files.readAllBytes(file), ISO_8859_1))
                    .as("not in a free page, nor among the words of the text index")
                    .doesNotContain("beta"));
        }
    }

    @Test
    void exportsAllTiersToOneFile() throws Exception {
        record(Rows.root("t1", NOON, 5, "acme"));
        clock.set(NEXT_NOON);
        store.maintain();
        record(Rows.root("t2", NEXT_NOON, 5, "acme"));

        Path csv = directory.resolve("out/spans.csv");
        assertThat(store.export(Signal.SPANS, BOTH, csv, ExportFormat.CSV)).isEqualTo(new Export(2, List.of()));
        List<String> lines = Files.readAllLines(csv);
        assertThat(lines.get(0)).startsWith("trace_id,span_id,parent_id,name,at_nanos");
        assertThat(lines.get(1)).startsWith("t1,root,,gateway_request," + Rows.at(NOON));
        assertThat(lines.get(2)).startsWith("t2,");
        assertThat(lines).hasSize(3);

        Path parquet = directory.resolve("out/spans.parquet");
        assertThat(store.export(Signal.SPANS, TODAY, parquet, ExportFormat.PARQUET)
                        .rows())
                .isEqualTo(1);
        assertThat(new String(Files.readAllBytes(parquet), 0, 4, UTF_8)).isEqualTo("PAR1");
    }

    @Test
    void refusesRowsAndSettingsThatCannotBe() {
        assertThatThrownBy(() -> new SampleRow(0, "m", "{}", Double.NaN, null))
                .hasMessage("value of m must be finite: NaN");
        assertThatThrownBy(() -> new Retention(Duration.ofDays(-1), 0)).hasMessageContaining("maxAge");
        assertThatThrownBy(() -> new TimeRange(2, 1)).hasMessageContaining("2: 1");
    }

    private void open(TelemetrySettings settings) {
        store = new TelemetryStore(settings, clock);
    }

    private void record(TelemetryRow... rows) {
        for (TelemetryRow row : rows) {
            assertThat(store.record(row)).isTrue();
        }
        store.flush();
    }

    /** The same must hold while the day is hot and when it has become Parquet. */
    private void inHotAndWarm(Runnable check) {
        check.run();
        clock.set(NEXT_NOON);
        assertThat(store.maintain().madeWarm()).isNotEmpty();
        check.run();
    }

    @Test
    void saysHowLongStagesTookToOnePercentInEveryTier() {
        long[] nanos = new Random(7).longs(5_000, 1_000, 30_000_000_000L).toArray();
        for (long duration : nanos) {
            while (!store.record(spanOf("prefill", duration))) {
                store.flush();
            }
        }
        record(spanOf("decode", 0));
        Arrays.sort(nanos);
        inHotAndWarm(() -> {
            List<StageSummary> stages = store.queries().stages(TODAY).rows();
            assertThat(stages).extracting(StageSummary::name).containsExactly("decode", "prefill");
            StageSummary prefill = stages.get(1);
            assertThat(prefill.count()).isEqualTo(5_000);
            Percentage one = Percentage.withPercentage(1.01);
            assertThat(prefill.p50Nanos()).isCloseTo(nanos[2_499], one);
            assertThat(prefill.p95Nanos()).isCloseTo(nanos[4_749], one);
            assertThat(prefill.p99Nanos()).isCloseTo(nanos[4_949], one);
        });
    }

    @Test
    void countsStagesByWholeMinutes() {
        record(
                Rows.span("t1", "s", null, "prefill", "2026-11-24T11:59:59.999Z", 5, null),
                Rows.span("t2", "s", null, "prefill", "2026-11-24T12:00:59.999Z", 5, null),
                Rows.span("t3", "s", null, "prefill", "2026-11-24T12:01:00Z", 5, null));
        TimeRange moment = new TimeRange(Rows.at("2026-11-24T12:00:10Z"), Rows.at("2026-11-24T12:00:20Z"));
        inHotAndWarm(() -> assertThat(store.queries().stages(moment).rows())
                .extracting(StageSummary::count)
                .containsExactly(1L));
    }

    @Test
    void countsStagesOverHoursAndTheMinutesAtBothEnds() {
        IntStream.range(0, 24 * 6)
                .mapToObj(tenth -> Instant.parse("2026-11-24T00:05:00Z").plus(Duration.ofMinutes(10L * tenth)))
                .forEach(at -> record(Rows.span("t", "s", null, "prefill", at.toString(), 5, null)));
        inHotAndWarm(() -> {
            assertThat(prefills("2026-11-24T00:00:00Z", "2026-11-25T00:00:00Z")).isEqualTo(144);
            assertThat(prefills("2026-11-24T01:30:00Z", "2026-11-24T04:20:00Z")).isEqualTo(17);
            assertThat(prefills("2026-11-24T01:30:00Z", "2026-11-24T02:20:00Z")).isEqualTo(5);
            assertThat(prefills("2026-11-24T01:00:00Z", "2026-11-24T01:00:00Z")).isZero();
            assertThat(prefills("2026-11-24T01:05:00Z", "2026-11-24T01:06:00Z")).isEqualTo(1);
        });
    }

    private long prefills(String from, String to) {
        return store.queries().stages(new TimeRange(Rows.at(from), Rows.at(to))).rows().stream()
                .mapToLong(StageSummary::count)
                .sum();
    }

    @Test
    void findsATraceAndARequestWithoutKnowingTheirDay() {
        SpanRow root = Rows.root("t1", "2026-11-24T23:59:59.999Z", 5, "acme");
        SpanRow child = Rows.span("t1", "s", "root", "prefill", "2026-11-25T00:00:00.001Z", 2, "acme");
        LogRow log = Rows.log("2026-11-25T00:00:00.002Z", "done", "acme");
        clock.set("2026-11-25T00:00:01Z");
        record(root, child, log, Rows.root("t2", "2026-11-25T00:00:00Z", 5, "acme"));
        for (int tier = 0; tier < 2; tier++) {
            assertThat(store.queries().trace("t1").rows()).containsExactly(root, child);
            assertThat(store.queries().trace("t9").rows()).isEmpty();
            assertThat(store.queries().root("req-t1").rows()).containsExactly(root);
            assertThat(store.queries().root("req-t9").rows()).isEmpty();
            assertThat(store.queries().logs("req-1", 10).rows()).containsExactly(log);
            clock.set("2026-11-26T12:00:00Z");
            store.maintain();
        }
    }

    @Test
    void ofRequestsOfOneNameTheLatestIsFirst() {
        SpanRow first = new SpanRow("t1", "a", null, "n", Rows.at("2026-11-23T12:00:00Z"), 1, null, "r", "ok", "{}");
        SpanRow second = new SpanRow("t2", "b", null, "n", Rows.at("2026-11-24T10:00:00Z"), 1, null, "r", "ok", "{}");
        SpanRow third = new SpanRow("t3", "c", null, "n", Rows.at("2026-11-24T11:00:00Z"), 1, null, "r", "ok", "{}");
        record(first, second, third);
        assertThat(store.queries().root("r").rows()).first().isEqualTo(third);
    }

    @Test
    void findsRowsByTheirAttributesAndLabels() {
        Fact route = new Fact("http.route", "/v1/\"odd\"");
        record(
                withAttributes("t1", "{\"http.route\":\"/v1/\\\"odd\\\"\",\"n\":1}"),
                withAttributes("t2", "{\"http.route\":\"/v1/completions\"}"),
                new SampleRow(Rows.at(NOON), "m", "{\"a\":\"1\",\"b\":\"2\"}", 1, null),
                new SampleRow(Rows.at(NOON), "m", "{\"a\":\"1\",\"b\":\"22\"}", 2, null));
        inHotAndWarm(() -> {
            assertThat(store.queries()
                            .traces(TODAY, new SpanFilter(null, 0, List.of(route)), 10)
                            .rows())
                    .extracting(SpanRow::traceId)
                    .containsExactly("t1");
            assertThat(store.queries()
                            .series("m", List.of(new Fact("b", "2")), TODAY, 10)
                            .rows())
                    .extracting(SampleRow::value)
                    .containsExactly(1.0);
        });
    }

    @Test
    void findsLogsByLevelAndEvent() {
        record(
                Rows.log(NOON, "one", null),
                new LogRow(Rows.at(NOON), "WARN", "gpu", "gpu_event", "two", null, null, null, null, "{}"));
        inHotAndWarm(() -> {
            assertThat(store.queries()
                            .logs(TODAY, new LogFilter(null, null, "WARN", null), 10)
                            .rows())
                    .extracting(LogRow::message)
                    .containsExactly("two");
            assertThat(store.queries()
                            .logs(TODAY, new LogFilter(null, null, null, "inference_completed"), 10)
                            .rows())
                    .extracting(LogRow::message)
                    .containsExactly("one");
        });
    }

    @Test
    void givesTheFirstLogsOrTheLast() {
        record(
                Rows.log("2026-11-24T10:00:00Z", "one", null),
                Rows.log("2026-11-24T11:00:00Z", "two", null),
                Rows.log("2026-11-24T12:00:00Z", "three", null));
        inHotAndWarm(() -> {
            assertThat(store.queries().firstLogs(TODAY, LogFilter.ANY, 2).rows())
                    .extracting(LogRow::message)
                    .containsExactly("one", "two");
            assertThat(store.queries().logs(TODAY, LogFilter.ANY, 2).rows())
                    .extracting(LogRow::message)
                    .containsExactly("three", "two");
        });
    }

    @Test
    void answersNothingFromAFileThatHasOnlyJustBeenMade() throws Exception {
        Files.createDirectories(directory.resolve("hot"));
        Files.createFile(directory.resolve("hot/telemetry-2026-11-24.db"));
        assertThat(store.queries().traces(TODAY, SpanFilter.ANY, 10)).isEqualTo(new Answer<>(List.of(), List.of()));
        assertThat(store.queries().stages(TODAY).rows()).isEmpty();
        Path file = directory.resolve("empty.csv");
        assertThat(store.export(Signal.SPANS, TODAY, file, ExportFormat.CSV).rows())
                .isZero();
        record(Rows.root("t1", NOON, 5, null));
        assertThat(traces(TODAY, null, 0, 10)).containsExactly("t1");
    }

    @Test
    void endsAQuestionWhoseTimeIsOver() {
        close();
        open(TelemetrySettings.in(directory).limitingQuestionsTo(Duration.ZERO));
        record(Rows.root("t1", NOON, 5, null));
        assertThatThrownBy(() -> {
                    // The first of them may be faster than the thread that ends it.
                    for (int i = 0; i < 100_000; i++) {
                        store.queries().traces(TODAY, SpanFilter.ANY, 10);
                    }
                })
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.reason()).isEqualTo(Reason.TOO_SLOW))
                .hasMessageContaining("0 ms");
        assertThat(names(directory.resolve("hot"))).noneMatch(name -> name.contains("corrupt"));
    }

    @Test
    void saysWhyRowsAreNotWrittenUntilTheyAre() throws Exception {
        close();
        Path blocked = directory.resolve("hot");
        Files.writeString(blocked, "in the way");
        open(TelemetrySettings.in(directory));
        record(Rows.log(NOON, "lost", null));
        assertThat(store.failure().orElseThrow().reason()).isEqualTo(Reason.READ_ONLY);
        assertThat(store.counts(Signal.LOGS)).isEqualTo(new SignalCounts(1, 0, 0, 1));

        Files.delete(blocked);
        record(Rows.log(NOON, "written", null));
        assertThat(store.failure()).isEmpty();
        assertThat(store.waitingRows()).isZero();
        assertThat(store.lag()).isZero();
    }

    @Test
    void countsWhatAFullDiskCostsAndGoesOnWhenThereIsRoom() throws Exception {
        close();
        try (TelemetryWriter writer = new TelemetryWriter(
                TelemetrySettings.in(directory), new TierFiles(TelemetrySettings.in(directory)), clock)) {
            LogRow large = Rows.log(NOON, "x".repeat(50_000), null);
            // SQLite says the same when a file may not grow as when the disk has no room.
            int pages = writer.order(w -> pragma(w.file(DAY).connection(), "page_count"));
            writer.order(w -> pragma(w.file(DAY).connection(), "max_page_count = " + (pages + 1)));
            writer.offer(PendingRow.of(large));
            writer.order(w -> true);
            assertThat(writer.failure().orElseThrow().reason()).isEqualTo(Reason.DISK_FULL);
            assertThat(writer.counts(Signal.LOGS)).isEqualTo(new SignalCounts(1, 0, 0, 1));

            // The file is opened anew after a failure, and so without the limit.
            writer.offer(PendingRow.of(large));
            writer.order(w -> true);
            assertThat(writer.failure()).isEmpty();
            assertThat(writer.counts(Signal.LOGS)).isEqualTo(new SignalCounts(2, 0, 1, 1));
        }
        open(TelemetrySettings.in(directory));
        assertThat(store.queries().logs(TODAY, LogFilter.ANY, 10).rows()).hasSize(1);
    }

    private static int pragma(Connection connection, String pragma) throws SQLException {
        return Sql.first(connection, "PRAGMA " + pragma, row -> row.getInt(1)).orElseThrow();
    }

    @Test
    void leavesTodaysFileOfANewerVersionAlone() throws Exception {
        close();
        Files.createDirectories(directory.resolve("hot"));
        Path file = directory.resolve("hot/telemetry-2026-11-24.db");
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA journal_mode = WAL");
            statement.executeUpdate("PRAGMA user_version = 99");
        }
        byte[] before = Files.readAllBytes(file);
        open(TelemetrySettings.in(directory));
        record(Rows.log(NOON, "lost", null));
        assertThat(store.failure().orElseThrow()).hasMessageContaining("schema version 99");
        assertThat(file).hasBinaryContent(before);
    }

    @Test
    void listsItsFiles() {
        record(Rows.root("t1", NOON, 5, null), Rows.log(NOON, "one", null));
        assertThat(store.contents())
                .extracting(StoredFile::tier, StoredFile::signal, StoredFile::name)
                .containsExactly(tuple(Tier.HOT, Optional.empty(), "telemetry-2026-11-24.db"));
        clock.set(NEXT_NOON);
        store.maintain();
        assertThat(store.contents())
                .extracting(StoredFile::tier, StoredFile::signal, StoredFile::name)
                .containsExactly(
                        tuple(Tier.WARM, Optional.of(Signal.SPANS), "spans/date=2026-11-24.parquet"),
                        tuple(Tier.WARM, Optional.of(Signal.LOGS), "logs/date=2026-11-24.parquet"));
        assertThat(store.contents()).allMatch(file -> file.bytes() > 0);
    }

    @Test
    void movesNothingWhileAnotherProcessDoes() {
        record(Rows.root("t1", NOON, 5, null));
        clock.set(NEXT_NOON);
        UpkeepLock other = UpkeepLock.acquire(directory.resolve("warm"));
        assertThatThrownBy(() -> store.maintain())
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.reason()).isEqualTo(Reason.IN_USE));
        other.close();
        assertThat(store.maintain().madeWarm()).containsExactly("spans/date=2026-11-24.parquet");
    }

    @Test
    void keepsDaysInTheDayFileForAsLongAsAsked() {
        close();
        open(TelemetrySettings.in(directory).agingAfter(Duration.ofDays(1), Duration.ofDays(9)));
        record(Rows.root("t1", NOON, 5, null));
        clock.set(NEXT_NOON);
        assertThat(store.maintain().madeWarm()).isEmpty();
        clock.set("2026-11-26T00:00:01Z");
        assertThat(store.maintain().madeWarm()).isNotEmpty();
    }

    @Test
    void deletesWithoutGraceForAPersonWhoHasLooked() {
        close();
        Retention day = new Retention(Duration.ofDays(1), Long.MAX_VALUE);
        open(TelemetrySettings.in(directory).keeping(Map.of(Signal.SPANS, day), Duration.ofDays(30)));
        record(Rows.root("t1", NOON, 5, null));
        clock.set("2026-11-28T12:00:00Z");
        store.maintain();
        assertThat(store.cleanup()).isEmpty();
        assertThat(store.cleanupNow()).hasSize(1);
        assertThat(store.contents()).isEmpty();
    }

    private static SpanRow spanOf(String name, long nanos) {
        return new SpanRow("t", "s", "p", name, Rows.at(NOON), nanos, null, null, "OK", "{}");
    }

    private static SpanRow withAttributes(String traceId, String attributes) {
        return new SpanRow(traceId, "s", null, "gateway_request", Rows.at(NOON), 1, null, null, "OK", attributes);
    }

    private List<String> traces(TimeRange range, String tenant, long minDurationNanos, int limit) {
        return store.queries().traces(range, new SpanFilter(tenant, minDurationNanos, List.of()), limit).rows().stream()
                .map(SpanRow::traceId)
                .toList();
    }

    private List<String> messages(String text) {
        return store.queries().logs(TODAY, LogFilter.text(text), 10).rows().stream()
                .map(LogRow::message)
                .toList();
    }

    private static boolean await(CountDownLatch latch) {
        try {
            return latch.await(30, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static List<String> names(Path directory) {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (Stream<Path> paths = Files.list(directory)) {
            return paths.filter(Files::isRegularFile)
                    .map(path -> path.getFileName().toString())
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
