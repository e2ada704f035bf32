package io.vitrine.server;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

import com.fasterxml.jackson.databind.JsonNode;
import io.vitrine.store.telemetry.LogRow;
import io.vitrine.store.telemetry.SpanRow;
import io.vitrine.store.telemetry.TelemetrySettings;
import io.vitrine.store.telemetry.TelemetryStore;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

class StoreCommandTest {

    private final Instant now = Instant.now();

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir
    private Path data;

    @BeforeEach
    void fill() {
        Instant old = now.minus(Duration.ofDays(5));
        AtomicReference<Instant> clock = new AtomicReference<>(old);
        try (TelemetryStore store = new TelemetryStore(TelemetrySettings.in(data.resolve("store")), clock::get)) {
            store.record(span("t1", old, "acme"));
            store.flush();
            clock.set(now);
            store.maintain();
            store.record(span("t2", now, "acme"));
            store.record(span("t3", now, "zeta"));
            store.record(new LogRow(
                    nanos(now), "INFO", "response", "request_completed", "m", null, null, "acme", "r", "{}"));
            store.flush();
        }
    }

    @Test
    void tellsWhatIsStored() {
        assertThat(run("store", "status")).isZero();
        List<String> lines = out.toString().lines().toList();
        assertThat(lines.get(0)).matches("tier +signal +files +bytes +first day +last day");
        assertThat(lines.get(1)).matches("hot +all +1 +\\d+ +" + day(now) + " +" + day(now));
        assertThat(lines.get(2)).matches("warm +spans +1 +\\d+ .*");
        assertThat(lines).hasSize(3);
    }

    @Test
    void tellsProgramsTheSame() {
        assertThat(run("store", "status", "--format", "json")).isZero();
        JsonNode status = TestServer.parse(out.toString());
        assertThat(status.findValuesAsText("tier")).containsExactly("hot", "warm");
        assertThat(status.get(1).path("files").asInt()).isEqualTo(1);
        assertThat(status.get(1).path("first_day").asText()).isEqualTo(day(now.minus(Duration.ofDays(5))));
    }

    @Test
    void saysThatNothingIsStored() throws IOException {
        assertThat(run(
                        "store",
                        "status",
                        "--data",
                        Files.createTempDirectory(data, "empty").toString()))
                .isZero();
        assertThat(out.toString()).isEqualTo("nothing\n");
    }

    @Test
    void deletesWhatIsDueOnlyWhenToldTo() {
        String[] age = {"--set", "store.spans.max-age=2d"};
        assertThat(run("store", "preview", age[0], age[1])).isZero();
        assertThat(out.toString()).contains("spans/date=").contains("older than 2 days");
        assertThat(run("store", "cleanup", age[0], age[1])).isZero();
        assertThat(err.toString()).contains("--now");
        assertThat(warm()).exists();
        assertThat(run("store", "cleanup", "--now", age[0], age[1])).isZero();
        assertThat(warm()).doesNotExist();
    }

    @Test
    void exportsAStretchOfTime() throws IOException {
        Path file = data.resolve("spans.csv");
        assertThat(run("store", "export", "spans", file.toString(), "--from", day(now.minus(Duration.ofDays(9)))))
                .isZero();
        assertThat(Files.readAllLines(file)).hasSize(4);
        assertThat(run("store", "export", "spans", file.toString(), "--from", day(now), "--to", day(now)))
                .isZero();
        assertThat(Files.readString(file)).contains("t2", "t3").doesNotContain("t1");
        Path parquet = data.resolve("logs.parquet");
        assertThat(run("store", "export", "logs", parquet.toString(), "--from", day(now)))
                .isZero();
        assertThat(Files.readString(parquet, ISO_8859_1)).startsWith("PAR1");
    }

    @Test
    void deletesATenantAndGivesAReceipt() {
        assertThat(run("store", "delete-tenant", "acme", "--format", "json")).isZero();
        JsonNode receipt = TestServer.parse(out.toString());
        assertThat(receipt.findValuesAsText("rows_deleted")).containsExactlyInAnyOrder("1", "1", "1");
        assertThat(receipt.findValuesAsText("signal")).containsExactlyInAnyOrder("spans", "spans", "logs");
        out.getBuffer().setLength(0);
        assertThat(run("store", "delete-tenant", "acme")).isZero();
        assertThat(out.toString()).isEqualTo("nothing\n");
    }

    @Test
    void refusesWhatItCannotUnderstand() {
        assertThat(run("store")).isEqualTo(2);
        assertThat(run("store", "export", "spans", "spans.xls", "--from", "2026-01-01"))
                .isEqualTo(2);
        assertThat(err.toString()).contains(".csv or .parquet: spans.xls");
        assertThat(run("store", "export", "spans", "spans.csv", "--from", "+999999999-12-31"))
                .isEqualTo(2);
        assertThat(err.toString()).contains("--from must be a day", "from 1970 to 2200");
        assertThat(run("store", "export", "spans", "spans.csv", "--from", "monday"))
                .isEqualTo(2);
        assertThat(err.toString()).contains("--from must be a day").contains("monday");
        assertThat(run("store", "export", "spans", "spans.csv", "--from", "2026-01-03", "--to", "2026-01-01"))
                .isEqualTo(2);
        assertThat(run("store", "export", "dreams", "spans.csv", "--from", "2026-01-01"))
                .isEqualTo(2);
    }

    @Test
    void readsBesideAWriter() {
        try (TelemetryStore store = new TelemetryStore(TelemetrySettings.in(data.resolve("store")), () -> now)) {
            store.record(span("t4", now, "acme"));
            store.flush();
            assertThat(run("store", "delete-tenant", "zeta")).isZero();
            store.record(span("t5", now, "acme"));
            store.flush();
            assertThat(store.failure()).isEmpty();
        }
        assertThat(out.toString()).contains("zeta");
    }

    private int run(String... arguments) {
        CommandLine commands = Main.commandLine();
        commands.setOut(new PrintWriter(out, true));
        commands.setErr(new PrintWriter(err, true));
        List<String> all = new ArrayList<>(List.of(arguments));
        if (!all.contains("--data") && all.size() > 1) {
            all.add("--data");
            all.add(data.toString());
        }
        return commands.execute(all.toArray(String[]::new));
    }

    private Path warm() {
        return data.resolve("store/warm/spans/date=" + day(now.minus(Duration.ofDays(5))) + ".parquet");
    }

    private static String day(Instant instant) {
        return LocalDate.ofInstant(instant, ZoneOffset.UTC).toString();
    }

    private static long nanos(Instant instant) {
        return TimeUnit.SECONDS.toNanos(instant.getEpochSecond()) + instant.getNano();
    }

    private static SpanRow span(String trace, Instant at, String tenant) {
        return new SpanRow(trace, "s", null, "gateway_request", nanos(at), 5, tenant, "r-" + trace, "ok", "{}");
    }
}
