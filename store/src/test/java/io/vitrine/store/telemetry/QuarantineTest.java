package io.vitrine.store.telemetry;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import io.vitrine.store.StoreException;
import io.vitrine.store.StoreException.Reason;
import io.vitrine.store.sql.Deadline;
import io.vitrine.store.sql.DuckDb;
import io.vitrine.store.sql.Verdict;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Errors that say nothing about a file leave it where it is, and what a question waits for is within its time. */
@Timeout(120)
class QuarantineTest {
    private static final TimeRange DAY = TimeRange.day(LocalDate.of(2026, 11, 24));
    private static final String NOON = "2026-11-24T12:00:00Z";
    private static final Deadline UNLIMITED = new Deadline();

    @TempDir
    Path directory;

    private Path parquet;
    private TierFiles files;
    private TelemetryWriter writer;
    private Quarantine quarantine;
    private SharedDuckDb duckDb;
    private TierReader reader;

    @BeforeEach
    void archiveADay() {
        SettableClock clock = new SettableClock(NOON);
        TelemetrySettings settings = TelemetrySettings.in(directory);
        try (TelemetryStore store = new TelemetryStore(settings, clock)) {
            store.record(Rows.root("t1", NOON, 5, "acme"));
            store.flush();
            clock.set("2026-11-25T12:00:00Z");
            store.maintain();
        }
        parquet = directory.resolve("warm/spans/date=2026-11-24.parquet");
        files = new TierFiles(settings);
        writer = new TelemetryWriter(settings, files, clock);
        quarantine = new Quarantine(settings, files, writer);
        duckDb = new SharedDuckDb(settings);
        reader = new TierReader(files, quarantine, duckDb, Duration.ofSeconds(30));
    }

    @AfterEach
    void close() {
        writer.close();
        reader.close();
        duckDb.close();
    }

    @Test
    void answersAgainAfterTheEngineHasFailedForGood() throws Exception {
        assertThat(traces()).containsExactly("t1");
        // What DuckDB does to itself after a fatal error: no statement of it runs any more.
        duckDb.use(UNLIMITED, QuarantineTest::end);
        assertThat(traces()).containsExactly("t1");
        assertThat(traces()).containsExactly("t1");
        assertThat(parquet).exists();
    }

    @Test
    void leavesTheFileWhenTheEngineHasNoMemory() throws Exception {
        duckDb.use(UNLIMITED, engine -> {
            engine.execute("SET memory_limit = '1kB'");
            return true;
        });
        assertThatThrownBy(this::traces)
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.reason()).isEqualTo(Reason.FAILED))
                .hasMessageContaining("Out of Memory");
        assertThat(parquet).exists();
        assertThat(files.setAsideCount()).isZero();
    }

    @Test
    void leavesTheFileWhenTheQuestionIsWrong() {
        Question<SpanRow> wrong = question().where("no_such_column = 1");
        assertThatThrownBy(() -> reader.ask(wrong)).hasMessageContaining("no_such_column");
        assertThat(parquet).exists();
        assertThat(files.setAsideCount()).isZero();
    }

    @Test
    void provesNothingWhenTheTimeIsOver() throws Exception {
        Deadline over = new Deadline();
        over.expire();
        TierFile file = files.parquet(Signal.SPANS).get(0);
        assertThat(quarantine.check(file, over)).isEqualTo(Verdict.UNKNOWN);
        assertThat(quarantine.check(file, UNLIMITED)).isEqualTo(Verdict.WHOLE);
        assertThat(quarantine.take(file)).isFalse();
        Files.write(parquet, overwritten(Files.readAllBytes(parquet)));
        assertThat(quarantine.take(file)).isTrue();
    }

    @Test
    void leavesANewFileOfTheNameOfADamagedOne() throws Exception {
        TierFile file = files.parquet(Signal.SPANS).get(0);
        Quarantine.Damaged damaged = quarantine.damaged(file);
        Path repaired = Files.copy(parquet, directory.resolve("repaired"));
        Files.delete(parquet);
        Files.write(directory.resolve("takes the inode"), new byte[1]);
        Files.move(repaired, parquet);
        quarantine.rename(damaged, UNLIMITED);
        assertThat(parquet).exists();
    }

    @Test
    void waitsForMovedFilesNoLongerThanItsTime() throws Exception {
        reader.close();
        reader = new TierReader(files, quarantine, duckDb, Duration.ofMillis(50));
        CountDownLatch held = new CountDownLatch(1);
        CountDownLatch released = new CountDownLatch(1);
        Thread mover = new Thread(() -> {
            files.lock().writeLock().lock();
            try {
                held.countDown();
                await(released);
            } finally {
                files.lock().writeLock().unlock();
            }
        });
        mover.start();
        await(held);
        assertTooSlow();
        released.countDown();
        mover.join();
    }

    @Test
    void waitsForOtherQuestionsNoLongerThanItsTime() throws Exception {
        reader.close();
        reader = new TierReader(files, quarantine, duckDb, Duration.ofMillis(50));
        CountDownLatch held = new CountDownLatch(1);
        CountDownLatch released = new CountDownLatch(1);
        Thread other = new Thread(() -> {
            try {
                duckDb.use(UNLIMITED, engine -> {
                    held.countDown();
                    return await(released);
                });
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        });
        other.start();
        await(held);
        assertTooSlow();
        released.countDown();
        other.join();
    }

    private void assertTooSlow() {
        assertThatThrownBy(this::traces).isInstanceOfSatisfying(StoreException.class, e -> assertThat(e.reason())
                .isEqualTo(Reason.TOO_SLOW));
    }

    private List<String> traces() {
        return reader.ask(question()).rows().stream().map(SpanRow::traceId).toList();
    }

    private static Question<SpanRow> question() {
        return new Question<>(
                        Signal.SPANS,
                        DAY,
                        Mappers::span,
                        "at_nanos",
                        Comparator.comparingLong(SpanRow::startEpochNanos))
                .limitedTo(10);
    }

    private static boolean end(DuckDb engine) throws SQLException {
        engine.connection().close();
        return true;
    }

    private static byte[] overwritten(byte[] bytes) {
        Arrays.fill(bytes, 4, bytes.length - 8, (byte) 0x55);
        return bytes;
    }

    private static boolean await(CountDownLatch latch) {
        try {
            return latch.await(30, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
