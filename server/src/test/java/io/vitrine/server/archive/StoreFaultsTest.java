package io.vitrine.server.archive;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;
import io.vitrine.server.TestServer;
import io.vitrine.store.telemetry.TelemetrySettings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Whatever becomes of the store, requests are answered; what is lost is counted and told. */
@Timeout(120)
class StoreFaultsTest {

    private static final Duration LIMIT = Duration.ofSeconds(30);

    @TempDir
    private Path folder;

    @Test
    void servesWhileNothingCanBeWrittenAndSaysSoUntilItCan() throws IOException {
        Path hot = folder.resolve("store/hot");
        Files.createDirectories(hot.getParent());
        Files.writeString(hot, "in the way");
        try (StoredServer stored = new StoredServer(folder, 2)) {
            assertThat(stored.chat("req-1", "^").statusCode()).isEqualTo(200);
            await().atMost(LIMIT).until(() -> log().contains("\"store_failed\""));
            await().atMost(LIMIT)
                    .until(() -> metric(stored, "vitrine_store_rows_total{result=\"lost\",signal=\"logs\"}") > 0);
            assertThat(stored.chat("req-2", "^").statusCode()).isEqualTo(200);

            Files.delete(hot);
            await().atMost(LIMIT).until(() -> log().contains("\"store_recovered\""));
            assertThat(stored.chat("req-3", "^").statusCode()).isEqualTo(200);
            assertThat(stored.ask("/api/requests/req-3").path("request_id").asText())
                    .isEqualTo("req-3");
        }
        assertThat(log().lines().filter(line -> line.contains("\"store_failed\"")))
                .hasSize(1);
    }

    @Test
    void servesBesideAFileOfANewerVersionAndLeavesItAlone() throws Exception {
        Path file = hotFile();
        Files.createDirectories(file.getParent());
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA journal_mode = WAL");
            statement.executeUpdate("PRAGMA user_version = 99");
        }
        byte[] before = Files.readAllBytes(file);
        try (StoredServer stored = new StoredServer(folder, 2)) {
            assertThat(stored.chat("req-1", "^").statusCode()).isEqualTo(200);
            await().atMost(LIMIT).until(() -> log().contains("schema version 99"));
        }
        assertThat(Files.readAllBytes(file)).isEqualTo(before);
    }

    @Test
    void setsADamagedDayFileAsideAndBeginsAnother() throws IOException {
        Files.createDirectories(hotFile().getParent());
        Files.writeString(hotFile(), "no database at all, ".repeat(1_000));
        try (StoredServer stored = new StoredServer(folder, 2)) {
            assertThat(stored.chat("req-1", "^").statusCode()).isEqualTo(200);
            await().atMost(LIMIT).until(() -> log().contains("\"store_file_set_aside\""));
            stored.chat("req-2", "^");
            assertThat(stored.ask("/api/requests/req-2").path("request_id").asText())
                    .isEqualTo("req-2");
            assertThat(metric(stored, "vitrine_store_files_corrupt_total")).isEqualTo(1);
        }
        assertThat(hotFile().resolveSibling(hotFile().getFileName() + ".corrupt"))
                .exists();
    }

    @Test
    void answersWithoutADamagedParquetFileAndNamesIt() throws IOException {
        AtomicReference<Instant> now = new AtomicReference<>(Instant.now());
        TelemetrySettings settings = TelemetrySettings.in(folder.resolve("store"));
        try (StoredServer stored = new StoredServer(folder, settings, now::get, 2)) {
            stored.chat("req-1", "^");
            stored.ask("/api/requests/req-1", found -> found.has("trace"));
            now.set(now.get().plus(Duration.ofDays(1)));
            stored.store().maintain();
            Path spans;
            try (Stream<Path> files = Files.list(folder.resolve("store/warm/spans"))) {
                spans = files.filter(file -> file.toString().endsWith(".parquet"))
                        .findFirst()
                        .orElseThrow();
            }
            byte[] whole = Files.readAllBytes(spans);
            Files.write(spans, Arrays.copyOf(whole, whole.length / 2));

            JsonNode traces = stored.ask(
                    "/api/traces", page -> !page.path("damaged_files").isEmpty());
            assertThat(traces.path("damaged_files").get(0).asText())
                    .isEqualTo(spans.getFileName().toString());
            assertThat(stored.chat("req-2", "^").statusCode()).isEqualTo(200);
            assertThat(stored.ask("/api/logs?request_id=req-1").path("data")).hasSize(1);
        }
    }

    @Test
    void keepsRowsWhenTheClockStepsBack() {
        AtomicReference<Instant> now = new AtomicReference<>(Instant.now());
        TelemetrySettings settings = TelemetrySettings.in(folder.resolve("store"));
        try (StoredServer stored = new StoredServer(folder, settings, now::get, 2)) {
            stored.chat("req-1", "^");
            stored.ask("/api/requests/req-1");
            now.set(now.get().minus(Duration.ofHours(2)));
            assertThat(stored.chat("req-2", "^").statusCode()).isEqualTo(200);
            stored.ask("/api/requests/req-2");
            stored.store().maintain();
            assertThat(stored.ask("/api/requests/req-1").path("request_id").asText())
                    .isEqualTo("req-1");
            assertThat(metric(stored, "vitrine_store_rows_total{result=\"lost\",signal=\"logs\"}"))
                    .isZero();
        }
    }

    @Test
    void endsAQuestionThatTakesTooLong() {
        TelemetrySettings settings =
                TelemetrySettings.in(folder.resolve("store")).limitingQuestionsTo(Duration.ZERO);
        try (StoredServer stored = new StoredServer(folder, settings, Instant::now, 2)) {
            stored.chat("req-1", "^");
            var ended = await().atMost(LIMIT)
                    .until(
                            () -> stored.server().getManagement("/api/traces"),
                            response -> response.statusCode() == 504);
            assertThat(TestServer.parse(ended.body())
                            .path("error")
                            .path("message")
                            .asText())
                    .contains("longer than 0 ms");
        }
    }

    private Path hotFile() {
        return folder.resolve("store/hot/telemetry-" + LocalDate.now(ZoneOffset.UTC) + ".db");
    }

    private String log() throws IOException {
        Path file = folder.resolve("logs/vitrine.json");
        return Files.exists(file) ? Files.readString(file, UTF_8) : "";
    }

    private static double metric(StoredServer stored, String series) {
        return stored.server()
                .getManagement("/metrics")
                .body()
                .lines()
                .filter(line -> line.startsWith(series + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(series.length() + 1)))
                .findFirst()
                .orElse(-1);
    }
}
