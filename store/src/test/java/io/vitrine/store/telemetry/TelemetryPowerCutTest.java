package io.vitrine.store.telemetry;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.LocalDate;
import java.util.List;

import io.vitrine.store.powercut.ForgetfulDisk;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** A power cut after a file was moved to another tier, or written anew, leaves all rows, and no deleted ones. */
@Timeout(120)
@EnabledOnOs(OS.LINUX)
class TelemetryPowerCutTest {
    private static final TimeRange DAY = TimeRange.day(LocalDate.of(2026, 11, 24));
    private static final String NOON = "2026-11-24T12:00:00Z";

    @TempDir
    Path directory;

    @Test
    void keepsRowsOfAFinishedDay() throws Exception {
        ForgetfulDisk disk = cutAfter(Step.WARM);
        assertThat(disk.durable().resolve("warm/spans/date=2026-11-24.parquet")).exists();
        assertThat(traces(disk)).containsExactlyInAnyOrder("t1", "t2");
    }

    @Test
    void keepsRowsThatMovedToTheColdTier() throws Exception {
        ForgetfulDisk disk = cutAfter(Step.COLD);
        assertThat(disk.durable().resolve("cold/spans/date=2026-11-24.parquet")).exists();
        assertThat(traces(disk)).containsExactlyInAnyOrder("t1", "t2");
    }

    @Test
    void bringsNoDeletedTenantBack() throws Exception {
        ForgetfulDisk disk = cutAfter(Step.DELETED);
        assertThat(traces(disk)).containsExactly("t2");
    }

    /** The control: what is not synced is lost on this disk. */
    @Test
    void losesAFileThatIsRenamedWithoutASync() throws Exception {
        Path file = cutAfter(Step.UNSYNCED).durable().resolve("control");
        assertThat(!Files.exists(file) || Files.size(file) == 0).isTrue();
    }

    private ForgetfulDisk cutAfter(Step step) throws Exception {
        ForgetfulDisk disk = ForgetfulDisk.in(directory);
        disk.cutAfter(1, Writer.class, step.name());
        return disk;
    }

    private static List<String> traces(ForgetfulDisk disk) {
        try (TelemetryStore store =
                new TelemetryStore(TelemetrySettings.in(disk.durable()), new SettableClock("2027-01-24T12:00:00Z"))) {
            return store.queries().traces(DAY, SpanFilter.ANY, 10).rows().stream()
                    .map(SpanRow::traceId)
                    .toList();
        }
    }

    /** How far the program goes before the power is cut. */
    enum Step {
        WARM,
        COLD,
        DELETED,
        UNSYNCED
    }

    /** Records two traces, ages them and waits for its end. */
    static final class Writer {
        private Writer() {}

        public static void main(String[] arguments) throws Exception {
            Path directory = Path.of(arguments[0]);
            Step last = Step.valueOf(arguments[1]);
            SettableClock clock = new SettableClock(NOON);
            try (TelemetryStore store = new TelemetryStore(TelemetrySettings.in(directory), clock)) {
                store.record(Rows.root("t1", NOON, 5, "acme"));
                store.record(Rows.root("t2", NOON, 5, "zeta"));
                store.flush();
                clock.set("2026-11-25T12:00:00Z");
                store.maintain();
                if (last == Step.COLD) {
                    clock.set("2026-12-25T12:00:00Z");
                    store.maintain();
                } else if (last == Step.DELETED) {
                    store.deleteTenant("acme");
                } else if (last == Step.UNSYNCED) {
                    Path file = Files.writeString(directory.resolve("control.tmp"), "not synced");
                    Files.move(file, directory.resolve("control"), StandardCopyOption.ATOMIC_MOVE);
                }
                System.out.println(last);
                Thread.currentThread().join();
            }
        }
    }
}
