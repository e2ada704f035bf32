package io.vitrine.observability.logging;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.vitrine.model.engine.FakeClock;
import io.vitrine.observability.AlertChange;
import io.vitrine.observability.ErrorType;
import io.vitrine.observability.FeedbackGiven;
import io.vitrine.observability.IncidentChange;
import io.vitrine.observability.PolicyChange;
import io.vitrine.observability.Summaries;
import io.vitrine.observability.TestGpus;
import io.vitrine.observability.catalogue.EventName;
import io.vitrine.observability.catalogue.LogCategory;
import io.vitrine.observability.catalogue.LogLevel;
import io.vitrine.observability.catalogue.Signal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;

class LogDocumentsTest {

    private static final String REGENERATE = "run LogDocuments.main in the module's folder";

    @TempDir
    private Path directory;

    @Test
    void theCommittedSchemaIsTheCatalogues() throws IOException {
        assertThat(Files.readString(LogDocuments.SCHEMA)).as(REGENERATE).isEqualTo(LogDocuments.schema());
    }

    @Test
    void theCommittedIndexTemplateIsTheCatalogues() throws IOException {
        assertThat(Files.readString(LogDocuments.INDEX_TEMPLATE))
                .as(REGENERATE)
                .isEqualTo(LogDocuments.indexTemplate());
    }

    @Test
    void theSchemaTakesOneLineOfEveryEvent() {
        List<JsonNode> lines = everyLine();

        assertThat(lines).allSatisfy(line -> assertThat(errors(line)).isEmpty());
        assertThat(lines.stream().map(line -> line.path("event").asText()).collect(Collectors.toSet()))
                .containsExactlyInAnyOrderElementsOf(
                        Arrays.stream(EventName.values()).map(EventName::label).toList());
    }

    @Test
    void theSchemaRefusesWhatNoLineMayBe() {
        ObjectNode line = (ObjectNode) everyLine().stream()
                .filter(each -> each.path("event").asText().equals("request_completed"))
                .findFirst()
                .orElseThrow();

        assertThat(errors(line)).isEmpty();
        assertThat(errors(line.deepCopy().putNull("cost"))).isNotEmpty();
        assertThat(errors(line.deepCopy().put("prompt", "text"))).isNotEmpty();
        assertThat(errors(line.deepCopy().put("message", "of another event"))).isNotEmpty();
        assertThat(errors(line.deepCopy().put("status", "200"))).isNotEmpty();
        assertThat(errors(line.deepCopy().put("outcome", "fine"))).isNotEmpty();
        assertThat(errors(line.deepCopy().put("category", "audit"))).isNotEmpty();
        assertThat(errors(line.deepCopy().put("duration_ms", -1))).isNotEmpty();
        assertThat(errors(line.deepCopy().put("timestamp", "2026-11-24"))).isNotEmpty();
        assertThat(errors(line.deepCopy().without("request_id"))).isNotEmpty();
        assertThat(errors(line.deepCopy().put("event", "unheard_of"))).isNotEmpty();
    }

    private List<JsonNode> everyLine() {
        LogSettings settings = LogSettings.in(directory)
                .withConsole(ConsoleFormat.OFF)
                .withLevel(LogLevel.DEBUG)
                .withRepeats(1, Duration.ofMinutes(1));
        try (Logging logging = Logging.start(settings, "vitrine", new FakeClock())) {
            logging.requestListener().received(Summaries.head("req-1"));
            logging.requestListener().authSucceeded(Summaries.head("req-1"));
            logging.requestListener().authFailed(Summaries.head("req-1"), ErrorType.AUTHENTICATION);
            logging.requestListener().limitExceeded(Summaries.head("req-1"), ErrorType.TOKEN_RATE_EXCEEDED);
            logging.requestListener().limitExceeded(Summaries.head("req-1"), ErrorType.BUDGET_EXCEEDED);
            logging.requestListener().queueFull(Summaries.head("req-1"), Summaries.MODEL);
            logging.requestListener().queueFull(Summaries.head("req-2"), Summaries.MODEL);
            logging.requestListener()
                    .feedbackGiven(
                            Summaries.head("req-1"),
                            new FeedbackGiven(
                                    "req-0", Summaries.MODEL, Optional.of("0af7651916cd43dd8448eb211c80319c"), 1));
            logging.requestListener().inferenceStarted(Summaries.inferenceStart("req-1"));
            logging.requestListener().inferenceCompleted(Summaries.inferenceEnd("req-1"));
            List.of(
                            Summaries.completed(),
                            Summaries.refused(),
                            Summaries.cancelled(),
                            Summaries.timedOut(),
                            Summaries.failed())
                    .forEach(logging.requestListener()::ended);
            logging.lifecycleListener().modelLoaded("m", Duration.ofMillis(1500));
            logging.lifecycleListener().modelLoadFailed("m", Duration.ofMillis(7), new IOException("no such file"));
            logging.lifecycleListener().serverStarted(8080, 8081, Duration.ofMillis(2500));
            logging.lifecycleListener().serverStopping(Duration.ofSeconds(30), 3, 4);
            logging.lifecycleListener().serverStopped(Duration.ofMillis(20), true);
            logging.lifecycleListener().operatorRefused("admin", ErrorType.PERMISSION);
            for (PolicyChange.Kind kind : PolicyChange.Kind.values()) {
                logging.lifecycleListener().policyChanged(new PolicyChange(kind, "vt_12345678", "acme", "for a test"));
            }
            for (IncidentChange.Kind kind : IncidentChange.Kind.values()) {
                logging.lifecycleListener()
                        .incidentChanged(new IncidentChange(kind, "vitrine", "incident 3", "P1 detected: slow"));
            }
            for (AlertChange.Kind kind : AlertChange.Kind.values()) {
                logging.lifecycleListener()
                        .alertChanged(new AlertChange(
                                kind,
                                "EngineStuck",
                                "P0",
                                "0123456789abcdef",
                                "model=m",
                                "no step for 9 s",
                                "engine-stuck"));
            }
            logging.lifecycleListener().certificateReloaded("certificate 1, valid until 2027-01-01T00:00:00Z");
            logging.lifecycleListener().faulted("gateway", new IllegalStateException());
            logging.lifecycleListener().storeFailed("no room left");
            logging.lifecycleListener().storeRecovered(Duration.ofSeconds(2), 7);
            logging.lifecycleListener().storeFileSetAside("1 file");
            logging.lifecycleListener().storeFileDeleted("spans/x.parquet", 12, "older than 3 days");
            logging.lifecycleListener().collectorFailed(Signal.TRACES, "http://collector:4317", "gone");
            logging.lifecycleListener()
                    .collectorRecovered(Signal.TRACES, "http://collector:4317", Duration.ofSeconds(2), 7);
            logging.lifecycleListener().notificationDead("chat", "urgent{}", "HTTP 400");
            logging.lifecycleListener().receiverFailed("chat", "HTTP 500");
            logging.lifecycleListener().receiverRecovered("chat", Duration.ofSeconds(1));
            logging.lifecycleListener().collectorRejected(Signal.TRACES, "http://collector:4317", 3, "too old");
            TestGpus.story(logging.gpuListener());
            logging.levels().change(LogCategory.GPU, LogLevel.OFF);
            LoggerFactory.getLogger("library").warn("odd");
            LoggerFactory.getLogger("library").error("worse", new IOException("gone"));
        }
        return LogFiles.lines(directory);
    }

    private static List<?> errors(JsonNode line) {
        Schema schema = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                .getSchema(LogDocuments.schema(), InputFormat.JSON);
        return schema.validate(line.toString(), InputFormat.JSON);
    }
}
