package io.vitrine.observability.logging;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.logs.v1.LogRecord;
import io.opentelemetry.proto.logs.v1.SeverityNumber;
import io.vitrine.model.engine.FakeClock;
import io.vitrine.observability.OtlpSettings;
import io.vitrine.observability.OtlpSettings.Protocol;
import io.vitrine.observability.ResourceAttributes;
import io.vitrine.observability.Summaries;
import io.vitrine.observability.catalogue.LogDestination;
import io.vitrine.observability.catalogue.LogLevel;
import io.vitrine.observability.catalogue.LostLine;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Against a collector that reads by the protocol's own definitions. */
class OtlpExportTest {

    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final List<ExportLogsServiceRequest> calls = new CopyOnWriteArrayList<>();
    private final List<String> headers = new CopyOnWriteArrayList<>();
    private final CountDownLatch mayAnswer = new CountDownLatch(1);
    private volatile int status = 200;
    private HttpServer collector;

    @TempDir
    private Path directory;

    @BeforeEach
    void start() throws IOException {
        collector = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        collector.createContext("/v1/logs", this::take);
        collector.start();
    }

    @AfterEach
    void stop() {
        mayAnswer.countDown();
        collector.stop(0);
    }

    private void take(HttpExchange exchange) throws IOException {
        headers.add(exchange.getRequestHeaders().getFirst("x-token"));
        calls.add(ExportLogsServiceRequest.parseFrom(exchange.getRequestBody().readAllBytes()));
        awaitPermission();
        exchange.sendResponseHeaders(status, -1);
        exchange.close();
    }

    private void awaitPermission() {
        try {
            mayAnswer.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void sendsEveryLineWithItsFieldsSeverityAndResource() {
        mayAnswer.countDown();
        try (Logging logging = logging(8192)) {
            logging.requestListener().ended(Summaries.completed());
            logging.requestListener().ended(Summaries.failed());
            LoggerFactory.getLogger("library").error("worse");
        }

        List<LogRecord> records = records();
        assertThat(records)
                .extracting(LogRecord::getEventName)
                .containsExactly("request_completed", "request_completed", "library_message");
        assertThat(records)
                .extracting(LogRecord::getSeverityNumber)
                .containsExactly(
                        SeverityNumber.SEVERITY_NUMBER_INFO,
                        SeverityNumber.SEVERITY_NUMBER_WARN,
                        SeverityNumber.SEVERITY_NUMBER_ERROR);
        Map<String, AnyValue> completed = attributes(records.get(0).getAttributesList());
        assertThat(completed.get("request_id").getStringValue()).isEqualTo("req-1");
        assertThat(completed.get("category").getStringValue()).isEqualTo("response");
        assertThat(completed.get("status").getIntValue()).isEqualTo(200);
        assertThat(completed.get("duration_ms").getDoubleValue()).isEqualTo(1234.567891);
        assertThat(completed.get("cached").getBoolValue()).isTrue();
        assertThat(completed).doesNotContainKeys("timestamp", "level", "service", "event", "error_type");
        assertThat(records.get(2).getBody().getStringValue()).isEqualTo("worse");
        Map<String, AnyValue> resource =
                attributes(calls.get(0).getResourceLogs(0).getResource().getAttributesList());
        assertThat(resource.get("service.name").getStringValue()).isEqualTo("of the test");
        assertThat(headers).containsOnly("secret");
    }

    @Test
    void sendsTheSameTimeAsTheFileSays() {
        mayAnswer.countDown();
        try (Logging logging = logging(8192)) {
            logging.requestListener().ended(Summaries.completed());
        }

        long millis = records().get(0).getTimeUnixNano() / 1_000_000;
        assertThat(Instant.ofEpochMilli(millis).toString())
                .isEqualTo(LogFiles.lines(directory).get(0).path("timestamp").asText());
    }

    @Test
    void aCollectorThatHangsHoldsUpNobodyAndTheLossIsCounted() {
        try (Logging logging = logging(2)) {
            logging.requestListener().ended(Summaries.completed("sent"));
            await().atMost(LIMIT).until(() -> calls.size() == 1);
            for (int i = 0; i < 5; i++) {
                logging.requestListener().ended(Summaries.completed("late-" + i));
                await().atMost(LIMIT).until(() -> logging.waitingLineCount(LogDestination.FILE) == 0);
            }

            assertThat(logging.lostLineCount(LostLine.EXPORT_QUEUE_FULL)).isEqualTo(2);
            assertThat(logging.lostLineCount(LostLine.QUEUE_FULL)).isZero();
            mayAnswer.countDown();
        }

        assertThat(LogFiles.lines(directory)).hasSize(6);
        // One in the batch that hangs, one in the hand of the queue's thread, two in the queue.
        assertThat(records()).hasSize(4);
    }

    @Test
    void aCollectorThatRefusesIsNotAskedAgainAndTheLossIsCounted() {
        status = 400;
        mayAnswer.countDown();
        try (Logging logging = logging(8192)) {
            logging.requestListener().ended(Summaries.completed());

            await().atMost(LIMIT).until(() -> logging.lostLineCount(LostLine.EXPORT_FAILED) == 1);
        }

        assertThat(calls).hasSize(1);
        assertThat(events()).containsExactly("request_completed", "collector_failed");
    }

    @Test
    void aCollectorThatIsNotThereCostsTheFileNothing() {
        URI nobody = URI.create("http://127.0.0.1:" + freePort() + "/v1/logs");
        try (Logging logging = Logging.start(settings(8192, nobody), "vitrine", new FakeClock())) {
            logging.requestListener().ended(Summaries.completed());

            await().atMost(LIMIT).until(() -> logging.lostLineCount(LostLine.EXPORT_FAILED) == 1);
        }

        assertThat(events()).containsExactly("request_completed", "collector_failed");
    }

    /** What the file has: the exporter's complaint too, which is not sent to the collector that it is about. */
    private List<String> events() {
        return LogFiles.lines(directory).stream()
                .map(line -> line.path("event").asText())
                .toList();
    }

    @Test
    void tellsNobodyTheSecretOfAHeader() {
        assertThat(settings(1, URI.create("http://collector")).toString())
                .contains("x-token")
                .doesNotContain("secret");
    }

    private Logging logging(int queueLimit) {
        URI endpoint = URI.create("http://127.0.0.1:" + collector.getAddress().getPort() + "/v1/logs");
        return Logging.start(settings(queueLimit, endpoint), "vitrine", new FakeClock());
    }

    private LogSettings settings(int queueLimit, URI endpoint) {
        OtlpSettings target = new OtlpSettings(
                endpoint,
                Protocol.HTTP_PROTOBUF,
                false,
                Map.of("x-token", "secret"),
                Duration.ofSeconds(5),
                Duration.ofMinutes(1));
        return LogSettings.in(directory)
                .withConsole(ConsoleFormat.OFF)
                .withLevel(LogLevel.INFO)
                .withQueueLimit(queueLimit)
                .withOtlp(Optional.of(target), new ResourceAttributes(Map.of("service.name", "of the test")));
    }

    private List<LogRecord> records() {
        return calls.stream()
                .flatMap(call -> call.getResourceLogsList().stream())
                .flatMap(resource -> resource.getScopeLogsList().stream())
                .flatMap(scope -> scope.getLogRecordsList().stream())
                .toList();
    }

    private static Map<String, AnyValue> attributes(List<KeyValue> pairs) {
        return pairs.stream().collect(Collectors.toMap(KeyValue::getKey, KeyValue::getValue));
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
