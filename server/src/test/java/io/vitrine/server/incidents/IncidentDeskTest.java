package io.vitrine.server.incidents;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

import com.fasterxml.jackson.databind.JsonNode;
import io.vertx.core.Future;
import io.vitrine.alerting.incidents.TimelineEntry.Kind;
import io.vitrine.alerting.rules.Alert;
import io.vitrine.alerting.rules.AlertState;
import io.vitrine.alerting.rules.RuleFile;
import io.vitrine.server.TestServer;
import io.vitrine.server.TestTelemetry;
import io.vitrine.server.archive.StoredServer;
import io.vitrine.store.ledger.Ledger;
import io.vitrine.store.ledger.LedgerChange;
import io.vitrine.store.ledger.LedgerSettings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** What a running server does with incidents: opened by alerts, evidence collected, alerts acknowledged. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class IncidentDeskTest {

    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final String EVIDENCE = "\"kind\":\"evidence\"";

    @TempDir
    private Path folder;

    private static Alert alert(String area, AlertState state) {
        long now = System.currentTimeMillis();
        return new Alert(
                RuleFile.read(
                                "rules: [{alert: StepsFail, severity: P0, expr: vitrine_failed_steps_total, fires: '> 0',"
                                        + " summary: 'steps fail', action: look, runbook: page}]",
                                "test")
                        .get(0),
                new TreeMap<>(Map.of("alertname", "StepsFail", "area", area, "severity", "P0")),
                state,
                1,
                now - 60_000,
                now,
                Optional.empty());
    }

    /** As the evaluation of alerts does it: in a transaction of its own, and then the news that it is durable. */
    private static void evaluate(TestServer server, Alert alert) throws Exception {
        IncidentDesk desk = server.server().incidents();
        List<LedgerChange> changes = desk.changed(List.of(alert), System.currentTimeMillis());
        String file = server.data().resolve("store").resolve("ledger.db").toString();
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file)) {
            connection.setAutoCommit(false);
            for (LedgerChange change : changes) {
                change.apply(connection);
                change.apply(connection); // repeatable
            }
            connection.commit();
        }
        desk.committed();
    }

    private static String show(TestServer server, long id) {
        return server.getManagement("/api/incidents/" + id).body();
    }

    private static String evidence(TestServer server, String name) {
        return server.getManagement("/api/incidents/1/evidence/" + name).body();
    }

    @Test
    void opensForAnAlertAndCollectsItsEvidence() throws Exception {
        try (TestServer server = TestServer.start(TestTelemetry.metrics(), 1)) {
            evaluate(server, alert("engine", AlertState.FIRING));
            await().atMost(LIMIT).until(() -> show(server, 1).contains(EVIDENCE));
            evaluate(server, alert("engine", AlertState.RESOLVED));

            JsonNode incident = TestServer.parse(show(server, 1));
            assertThat(incident.get("severity").asText()).isEqualTo("P0");
            assertThat(incident.get("firing")).isEmpty();
            assertThat(incident.get("timeline").findValuesAsText("kind"))
                    .containsExactly("transition", "alert", "evidence", "alert");
            assertThat(TestServer.parse(evidence(server, "alerts")).get("alert").asText())
                    .isEqualTo("StepsFail");
            assertThat(evidence(server, "threads")).contains("vitrine-engine", "    at ");
            assertThat(TestServer.parse(evidence(server, "health"))
                            .get("serving")
                            .asText())
                    .isEqualTo("ready");
            await().atMost(LIMIT).until(() -> server.getManagement("/metrics")
                    .body()
                    .contains("vitrine_incidents{severity=\"P0\",state=\"detected\"} 1.0"));
            assertThat(incident.get("evidence").findValuesAsText("name")).hasSize(12);
            assertThat(server.getManagement("/api/incidents/1/evidence/jfr").body())
                    .contains("could not be collected: off (incidents.jfr)");
        }
    }

    @Test
    void acknowledgesTheAlertsOfAnAcknowledgedIncident() throws Exception {
        List<String> acknowledged = new CopyOnWriteArrayList<>();
        try (TestServer server = TestServer.start()) {
            server.server().incidents().attach((fingerprints, who) -> {
                acknowledged.add(fingerprints + " by " + who);
                return acknowledged.size() == 1 ? Future.failedFuture("busy") : Future.succeededFuture();
            });
            Alert firing = alert("engine", AlertState.FIRING);
            evaluate(server, firing);
            String wanted = "[" + firing.fingerprint() + "] by ann";

            try (Ledger beside =
                    Ledger.openBeside(LedgerSettings.in(server.data().resolve("store")))) {
                new IncidentRegister(beside.incidents(), Clock.systemUTC())
                        .apply(
                                1,
                                OptionalLong.empty(),
                                (incident, author, at) -> incident.acknowledge(author, at),
                                new IncidentAuthor("command", "ann"));
            }
            await("a command beside the server").atMost(LIMIT).until(() -> acknowledged.contains(wanted));
            await("again after the failure").atMost(LIMIT).until(() -> {
                server.server().incidents().touched();
                return acknowledged.size() == 2;
            });
            evaluate(server, alert("ledger", AlertState.FIRING));
            await().atMost(LIMIT).until(() -> show(server, 2).contains(EVIDENCE));
            assertThat(acknowledged).as("once, and not the other incident's").containsExactly(wanted, wanted);
        }
    }

    @Test
    void losesNoChangeOfServerAndCommand() throws Exception {
        try (TestServer server = TestServer.start();
                Ledger beside =
                        Ledger.openBeside(LedgerSettings.in(server.data().resolve("store")))) {
            evaluate(server, alert("engine", AlertState.FIRING));
            IncidentRegister command = new IncidentRegister(beside.incidents(), Clock.systemUTC());
            ExecutorService two = Executors.newFixedThreadPool(2);
            List<CompletableFuture<Void>> changes = new ArrayList<>();
            for (IncidentRegister one : List.of(server.server().incidents().register(), command)) {
                changes.add(CompletableFuture.runAsync(
                        () -> {
                            for (int index = 0; index < 25; index++) {
                                one.apply(
                                        1,
                                        OptionalLong.empty(),
                                        (incident, author, at) -> incident.note(Kind.NOTE, author, "a note", at),
                                        new IncidentAuthor("test", "ann"));
                            }
                        },
                        two));
            }
            changes.forEach(CompletableFuture::join);
            two.shutdown();

            assertThat(TestServer.parse(show(server, 1)).get("timeline").findValuesAsText("kind"))
                    .filteredOn("note"::equals)
                    .hasSize(50);
        }
    }

    @Test
    void hasTheTracesLogAndStepsOfAFailedRequest() {
        try (StoredServer stored = new StoredServer(folder, 1, "incidents.jfr=true")) {
            TestServer server = stored.server();
            assertThat(stored.chat("good-1", "a SECRET prompt").statusCode()).isEqualTo(200);
            server.awaitIdle();
            server.runner().failAt(server.runner().steps().size());
            assertThat(stored.chat("bad-1", "a SECRET prompt").statusCode()).isEqualTo(500);
            stored.ask(
                    "/api/traces", page -> page.findValuesAsText("request_id").containsAll(Set.of("good-1", "bad-1")));
            stored.ask("/api/requests/bad-1", story -> story.toString().contains("request_completed"));

            server.manage("POST", "/api/incidents", "{\"title\":\"500s\",\"severity\":\"P1\"}", "");
            await().atMost(LIMIT).until(() -> show(server, 1).contains(EVIDENCE));

            JsonNode offending = TestServer.parse(
                    evidence(server, "traces").lines().findFirst().orElseThrow());
            assertThat(offending.get("why").asText()).isEqualTo("failed");
            assertThat(offending.at("/trace/request_id").asText()).isEqualTo("bad-1");
            assertThat(evidence(server, "good-traces")).contains("good-1").doesNotContain("bad-1");
            assertThat(evidence(server, "logs").lines())
                    .anyMatch(line -> line.contains("bad-1") && line.contains("request_completed"));
            String steps = evidence(server, "steps");
            assertThat(steps.lines().findFirst().orElseThrow()).contains("step_failed", "ModelRunnerException");
            assertThat(steps.lines()).anyMatch(line -> line.contains("\"kind\":\"step\"") && line.contains("good-1"));
            assertThat(evidence(server, "meters")).contains("vitrine_engine_running_sequences");
            assertThat(evidence(server, "changes")).contains("tenant_added");
            assertThat(evidence(server, "gpu")).contains("\"running_request_ids\":[]");
            assertThat(evidence(server, "jfr")).contains("samples");
            JsonNode items = TestServer.parse(show(server, 1)).get("evidence");
            for (JsonNode item : items) {
                assertThat(evidence(server, item.get("name").asText()))
                        .as(item.toString())
                        .doesNotContain("SECRET");
            }
            assertThat(stored.chat("good-2", "^").statusCode()).isEqualTo(200);
            server.awaitIdle();
            server.runner().failAt(server.runner().steps().size());
            assertThat(stored.chat("bad-2", "^").statusCode()).isEqualTo(500);
            assertThat(server.getManagement("/api/incidents/1/post-mortem").body())
                    .contains("completed: 1 (50.0 %)", "failed: 1 (50.0 %)", "- Tenants with failed requests: 1");
            stored.ask(
                    "/api/logs?event=incident_opened", page -> page.toString().contains("P1 detected: 500s"));
        }
    }
}
