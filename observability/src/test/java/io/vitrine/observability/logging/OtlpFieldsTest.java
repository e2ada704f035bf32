package io.vitrine.observability.logging;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpServer;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.logs.v1.LogRecord;
import io.vitrine.model.engine.FakeClock;
import io.vitrine.observability.OtlpSettings;
import io.vitrine.observability.OtlpSettings.Protocol;
import io.vitrine.observability.ResourceAttributes;
import io.vitrine.observability.Summaries;
import io.vitrine.observability.TraceIds;
import io.vitrine.observability.catalogue.EventName;
import io.vitrine.observability.catalogue.LogField;
import io.vitrine.observability.otlp.CollectorEvents;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.core.LoggerContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** What a collector gets of a line is what the file has of it, field by field, for every event that there is. */
class OtlpFieldsTest {

    private static final String SERVICE = "vitrine";
    private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
    private static final String SPAN = "b7ad6b7169203331";

    private final List<ExportLogsServiceRequest> calls = new CopyOnWriteArrayList<>();
    private HttpServer collector;

    @TempDir
    private Path directory;

    @BeforeEach
    void listen() throws IOException {
        collector = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        collector.createContext("/v1/logs", exchange -> {
            calls.add(
                    ExportLogsServiceRequest.parseFrom(exchange.getRequestBody().readAllBytes()));
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        collector.start();
    }

    @AfterEach
    void stop() {
        collector.stop(0);
    }

    @Test
    void everyFieldOfEveryEventArrives() {
        LoggerContext context = new LoggerContext("test");
        context.start(new LogConfiguration(context, settings(), Optional.empty(), new CollectorEvents()));
        for (EventName event : EventName.values()) {
            Level level = List.of(EventName.values()).indexOf(event) % 2 == 0 ? Level.WARN : Level.INFO;
            context.getLogger(event.category().label()).log(level, lineOf(event));
        }
        context.stop(0, TimeUnit.SECONDS);

        List<JsonNode> lines = LogFiles.lines(directory);
        List<LogRecord> records = records();
        assertThat(lines).hasSize(EventName.values().length);
        assertThat(records).hasSameSizeAs(lines);
        for (int i = 0; i < lines.size(); i++) {
            assertThat(fields(records.get(i))).isEqualTo(fields(lines.get(i)));
        }
    }

    @Test
    void onlyALineOfAKeptTraceHasTheFlagOfASampledOne() {
        try (Logging logging = Logging.start(settings(), SERVICE, new FakeClock())) {
            TraceIds ids = new TraceIds(TRACE, SPAN);
            logging.requestListener().ended(Summaries.completed("kept").withTrace(ids, true));
            logging.requestListener().ended(Summaries.completed("dropped").withTrace(ids, false));
            logging.requestListener().ended(Summaries.completed("untraced"));
        }

        assertThat(records()).extracting(LogRecord::getFlags).containsExactly(1, 0, 0);
        assertThat(records())
                .extracting(record -> record.getTraceId().size())
                .as("the id is there in any case: it joins lines")
                .containsExactly(16, 16, 0);
    }

    /** With a value for each field that the event may have, of each type that code gives. */
    private static EventMessage lineOf(EventName event) {
        EventMessage line = new EventMessage(event).set(LogField.SERVICE, SERVICE);
        for (LogField field : event.allowedFields()) {
            if (EventName.COMMON_FIELDS.contains(field)) {
                continue;
            }
            switch (field.type()) {
                case STRING -> line.set(field, text(field));
                case INTEGER -> line.set(field, 40 + List.of(LogField.values()).indexOf(field));
                case BOOLEAN -> line.set(field, true);
                case NUMBER -> number(line, field);
            }
        }
        return line;
    }

    private static void number(EventMessage line, LogField field) {
        switch (field) {
            case SCORE -> line.set(field, 0.75);
            case COST, INFRASTRUCTURE_COST ->
                line.setBillionths(
                        field, 12_345_678_901L + List.of(LogField.values()).indexOf(field));
            default ->
                line.setMillis(
                        field, 1_234_567_891L + List.of(LogField.values()).indexOf(field));
        }
    }

    private static String text(LogField field) {
        return switch (field) {
            case TRACE_ID -> TRACE;
            case SPAN_ID -> SPAN;
            default -> field.allowedValues().stream().findFirst().orElse(field.key() + " \"é\"");
        };
    }

    private static Map<String, Object> fields(JsonNode line) {
        Map<String, Object> fields = new TreeMap<>();
        line.properties().forEach(field -> fields.put(field.getKey(), value(field.getValue())));
        return fields;
    }

    private static Object value(JsonNode value) {
        if (value.isBoolean()) {
            return value.asBoolean();
        }
        if (value.isIntegralNumber()) {
            return value.asLong();
        }
        return value.isNumber() ? (Object) value.asDouble() : value.asText();
    }

    /** The attributes, and what has a place of its own in a record, under the names of the line. */
    private Map<String, Object> fields(LogRecord record) {
        Map<String, Object> fields = new TreeMap<>();
        record.getAttributesList().forEach(pair -> fields.put(pair.getKey(), value(pair.getValue())));
        put(
                fields,
                LogField.TIMESTAMP,
                Instant.ofEpochMilli(record.getTimeUnixNano() / 1_000_000).toString());
        put(fields, LogField.LEVEL, record.getSeverityText());
        put(fields, LogField.SERVICE, resource().get("service.name"));
        put(fields, LogField.EVENT, record.getEventName());
        put(fields, LogField.TRACE_ID, hex(record.getTraceId().toByteArray()));
        put(fields, LogField.SPAN_ID, hex(record.getSpanId().toByteArray()));
        put(fields, LogField.MESSAGE, record.getBody().getStringValue());
        assertThat(record.getSeverityNumber().name()).isEqualTo("SEVERITY_NUMBER_" + record.getSeverityText());
        return fields;
    }

    private static void put(Map<String, Object> fields, LogField field, Object value) {
        if (!value.equals("")) {
            assertThat(fields.put(field.key(), value))
                    .as("sent twice: " + field)
                    .isNull();
        }
    }

    private static Object value(AnyValue value) {
        return switch (value.getValueCase()) {
            case STRING_VALUE -> value.getStringValue();
            case BOOL_VALUE -> value.getBoolValue();
            case INT_VALUE -> value.getIntValue();
            case DOUBLE_VALUE -> value.getDoubleValue();
            default -> throw new AssertionError(value);
        };
    }

    private static String hex(byte[] id) {
        StringBuilder text = new StringBuilder();
        for (byte octet : id) {
            text.append(String.format("%02x", octet));
        }
        return text.toString();
    }

    private Map<String, String> resource() {
        Map<String, String> resource = new HashMap<>();
        calls.get(0)
                .getResourceLogs(0)
                .getResource()
                .getAttributesList()
                .forEach(pair -> resource.put(pair.getKey(), pair.getValue().getStringValue()));
        return resource;
    }

    private List<LogRecord> records() {
        return calls.stream()
                .flatMap(call -> call.getResourceLogsList().stream())
                .flatMap(resource -> resource.getScopeLogsList().stream())
                .flatMap(scope -> scope.getLogRecordsList().stream())
                .toList();
    }

    private LogSettings settings() {
        OtlpSettings target = new OtlpSettings(
                URI.create("http://127.0.0.1:" + collector.getAddress().getPort() + "/v1/logs"),
                Protocol.HTTP_PROTOBUF,
                false,
                Map.of(),
                Duration.ofSeconds(5),
                Duration.ofMinutes(1));
        return LogSettings.in(directory)
                .withConsole(ConsoleFormat.OFF)
                .withOtlp(Optional.of(target), new ResourceAttributes(Map.of("service.name", SERVICE)));
    }
}
